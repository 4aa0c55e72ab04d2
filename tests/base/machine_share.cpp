// Tests simulated machines, made of files in a folder, and the real one.
#include "runner/base/machine_share.h"

#include <sched.h>
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

#include "tests/support/temporary_folder.h"

using namespace assay::test;
using assay::base::cores_given;
using assay::base::memory_given;
using assay::base::ProcessLimits;
using assay::base::reached_limit_on_processes;
using assay::base::Share;

namespace {

constexpr std::int64_t gibi = std::int64_t{1} << 30;
constexpr std::int64_t mebi = std::int64_t{1} << 20;

const std::string version_2 =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n";
const std::string version_1 =
    "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:15 - cgroup cgroup rw,cpu,cpuacct\n"
    "33 31 0:30 / /sys/fs/cgroup/memory rw shared:16 - cgroup cgroup rw,memory\n";

/// A machine of 8 cores and 16 GiB.
struct Machine {
  Machine() {
    here.root = folder.path();
    here.cores = 8;
    here.memory = 16 * gibi;
    here.variable = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
  }
  void write(const std::string& file, const std::string& text) const {
    const auto path = folder / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  void in(const std::string& groups, const std::string& mounts) const {
    write("proc/self/cgroup", groups);
    write("proc/self/mountinfo", mounts);
  }
  std::int64_t cores() const { return cores_given(here).amount; }
  std::int64_t memory() const { return memory_given(here).amount; }

  TemporaryFolder folder;
  ProcessLimits here;
  std::map<std::string, std::string> variables;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(machine_share, Machine)

BOOST_AUTO_TEST_CASE(without_limits_it_is_the_machine) {
  BOOST_TEST(cores() == 8);
  BOOST_TEST(memory() == 16 * gibi);
  BOOST_TEST(memory_given(here).limit == "the machine");
  in("0::/\n", version_2);
  write("sys/fs/cgroup/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/memory.max", "max\n");
  BOOST_TEST(cores() == 8);
  BOOST_TEST(memory() == 16 * gibi);
  here.cores = 0;
  BOOST_TEST(cores() == 1);
}

BOOST_AUTO_TEST_CASE(a_container_sees_its_own_group_as_the_outermost) {
  in("0::/\n", version_2);
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  write("sys/fs/cgroup/memory.max", "367001600\n");
  BOOST_TEST(cores() == 1);
  const Share memory = memory_given(here);
  BOOST_TEST(memory.amount == 350 * mebi);
  BOOST_TEST(memory.limit == "the control group / (memory.max)");
  BOOST_TEST(memory.remedy.starts_with("raise memory.max"));
}

BOOST_AUTO_TEST_CASE(a_quota_is_rounded_up) {
  in("0::/\n", version_2);
  for (const auto& [quota, expected] : std::map<std::string, int>{
           {"1000 100000", 1}, {"150000 100000", 2}, {"200000 100000", 2}, {"1600000 100000", 8}}) {
    write("sys/fs/cgroup/cpu.max", quota + "\n");
    BOOST_TEST(cores() == expected, quota);
  }
}

BOOST_AUTO_TEST_CASE(all_groups_around_the_own_one_count) {
  const std::string slice = "sys/fs/cgroup/user.slice";
  in("0::/user.slice/job\n", version_2);
  write(slice + "/job/cpu.max", "max 100000\n");
  write(slice + "/cpu.max", "300000 100000\n");
  write(slice + "/job/memory.max", "2147483648\n");
  write(slice + "/memory.max", "max\n");
  write("sys/fs/cgroup/memory.max", "1073741824\n");
  BOOST_TEST(cores() == 3);
  BOOST_TEST(cores_given(here).limit == "the control group /user.slice (cpu.max)");
  BOOST_TEST(memory() == gibi);
  // A sibling's limit does not count.
  write(slice + "/other/memory.max", "1\n");
  BOOST_TEST(memory() == gibi);
}

BOOST_AUTO_TEST_CASE(version_1_has_a_hierarchy_for_each_controller) {
  in("9:name=systemd:/\n4:memory:/job/step\n1:cpu,cpuacct:/job\n0::/\n", version_1);
  const std::string root = "sys/fs/cgroup/";
  write(root + "cpu,cpuacct/job/cpu.cfs_quota_us", "250000\n");
  write(root + "cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  write(root + "cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  write(root + "cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  write(root + "memory/job/step/memory.limit_in_bytes", "9223372036854771712\n");
  write(root + "memory/job/memory.limit_in_bytes", "1073741824\n");
  BOOST_TEST(cores() == 3);
  BOOST_TEST(memory() == gibi);
  BOOST_TEST(memory_given(here).limit == "the control group /job (memory.limit_in_bytes)");
}

// Docker shows it like this without a namespace of control groups: the mount begins at the own
// group.
BOOST_AUTO_TEST_CASE(a_group_may_be_mounted_by_itself) {
  in("0::/docker/0a1b\n",
     "30 23 0:26 /docker/0a1b /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
     "31 23 0:26 /docker/0a1b /mnt/my\\040groups ro - cgroup2 cgroup rw\n");
  write("sys/fs/cgroup/memory.max", "2147483648\n");
  BOOST_TEST(memory() == 2 * gibi);
  BOOST_TEST(memory_given(here).limit == "the control group /docker/0a1b (memory.max)");
  write("mnt/my groups/memory.max", "1073741824\n");
  BOOST_TEST(memory() == gibi);
}

BOOST_AUTO_TEST_CASE(of_a_group_that_is_not_mounted_the_outermost_seen_counts) {
  in("0::/../outside\n", version_2);
  write("sys/fs/cgroup/memory.max", "1073741824\n");
  BOOST_TEST(memory() == gibi);
  in("0::/gone/for/good\n", version_2);
  BOOST_TEST(memory() == gibi);
}

BOOST_AUTO_TEST_CASE(the_soft_limit_memory_high_is_none) {
  in("0::/\n", version_2);
  write("sys/fs/cgroup/memory.high", "1\n");
  BOOST_TEST(memory() == 16 * gibi);
}

BOOST_AUTO_TEST_CASE(limits_of_the_shell) {
  here.address_space = 3 * gibi;
  BOOST_TEST(memory() == 3 * gibi);
  BOOST_TEST(memory_given(here).limit == "`ulimit -v`");
  here.data_segment = 2 * gibi;
  BOOST_TEST(memory() == 2 * gibi);
  BOOST_TEST(memory_given(here).limit == "`ulimit -d`");
}

BOOST_AUTO_TEST_CASE(what_slurm_gave) {
  variables["SLURM_CPUS_PER_TASK"] = "2";
  variables["SLURM_MEM_PER_NODE"] = "4096";
  BOOST_TEST(cores() == 2);
  BOOST_TEST(cores_given(here).limit == "SLURM_CPUS_PER_TASK");
  BOOST_TEST(memory() == 4 * gibi);
  variables["SLURM_MEM_PER_CPU"] = "512";
  BOOST_TEST(memory() == gibi);
  variables.erase("SLURM_CPUS_PER_TASK");
  BOOST_TEST(memory() == 4 * gibi);
  variables["SLURM_CPUS_ON_NODE"] = "4";
  BOOST_TEST(memory() == 2 * gibi);
  variables["SLURM_CPUS_PER_TASK"] = "99";  // more than there are
  BOOST_TEST(cores() == 8);
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_no_limit) {
  for (const std::string nonsense :
       {"", "0", "-1", "two", "2x", "1.5", "99999999999999999999", "9223372036854775807"}) {
    variables = {{"SLURM_CPUS_PER_TASK", nonsense},
                 {"SLURM_MEM_PER_NODE", nonsense},
                 {"SLURM_MEM_PER_CPU", nonsense}};
    in("0::/" + nonsense + "\n" + nonsense + ":\n::\n", version_2 + nonsense + " - \n - cgroup2\n");
    write("sys/fs/cgroup/cpu.max", nonsense + "\n");
    write("sys/fs/cgroup/memory.max", nonsense + "\n");
    BOOST_TEST(cores() == 8, nonsense);
    BOOST_TEST(memory() == 16 * gibi, nonsense);
  }
  write("sys/fs/cgroup/cpu.max", "100000 0\n");
  BOOST_TEST(cores() == 8);
}

BOOST_AUTO_TEST_CASE(this_process) {
  const Share cores = cores_given(), memory = memory_given();
  BOOST_TEST(cores.amount >= 1);
  BOOST_TEST(cores.amount <= static_cast<std::int64_t>(std::thread::hardware_concurrency()));
  BOOST_TEST(memory.amount > mebi);
  BOOST_TEST_MESSAGE(cores.amount << " by " << cores.limit << ", " << memory.amount << " by "
                                  << memory.limit);
}

BOOST_AUTO_TEST_CASE(limits_are_asked_for_each_time) {
  rlimit before{};
  BOOST_REQUIRE(getrlimit(RLIMIT_DATA, &before) == 0);
  const rlimit lower{64U * mebi, before.rlim_max};
  BOOST_REQUIRE(setrlimit(RLIMIT_DATA, &lower) == 0);
  const auto limit = ProcessLimits::of_this_process().data_segment;
  setrlimit(RLIMIT_DATA, &before);
  BOOST_TEST((limit == std::optional<std::int64_t>(64 * mebi)));
  BOOST_TEST((ProcessLimits::of_this_process().data_segment != limit));

  cpu_set_t all, one;
  BOOST_REQUIRE(sched_getaffinity(0, sizeof all, &all) == 0);
  CPU_ZERO(&one);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  BOOST_REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  const std::int64_t cores = cores_given().amount;
  sched_setaffinity(0, sizeof all, &all);
  BOOST_TEST(cores == 1);
}

BOOST_AUTO_TEST_CASE(memory_that_is_held_is_counted_when_it_is_touched) {
  const auto before = assay::base::memory_held();
  BOOST_REQUIRE(before.has_value());
  const std::vector<char> memory(64U * mebi, 'x');
  const auto now = assay::base::memory_held();
  BOOST_REQUIRE(now.has_value());
  BOOST_TEST(*now - *before > 60 * mebi);
#if !defined(__SANITIZE_THREAD__)  // it holds some bytes for each byte
  BOOST_TEST(*now - *before < 80 * mebi);
#endif
  BOOST_TEST(memory[memory.size() / 2] == 'x');
}

BOOST_AUTO_TEST_CASE(a_limit_on_processes_is_named_where_it_is_reached) {
  const auto reached = [this] { return reached_limit_on_processes(here).value_or("none"); };
  BOOST_TEST(reached() == "none");
  in("0::/job/step\n", version_2);
  write("sys/fs/cgroup/job/step/pids.max", "max\n");
  write("sys/fs/cgroup/job/step/pids.current", "7\n");
  write("sys/fs/cgroup/job/pids.max", "20\n");
  write("sys/fs/cgroup/job/pids.current", "19\n");
  BOOST_TEST(reached() == "none");
  write("sys/fs/cgroup/job/pids.current", "20\n");
  BOOST_TEST(reached() ==
             "the control group /job (pids.max) allows 20 processes and threads, and "
             "there are as many");
  in("4:pids:/job\n", "34 31 0:31 / /sys/fs/cgroup/pids rw shared:17 - cgroup cgroup rw,pids\n");
  BOOST_TEST(reached() == "none");
  write("sys/fs/cgroup/pids/job/pids.max", "3\n");
  write("sys/fs/cgroup/pids/job/pids.current", "3\n");
  BOOST_TEST(reached().starts_with("the control group /job (pids.max) allows 3 processes"));
}

BOOST_AUTO_TEST_CASE(the_threads_of_the_user_are_counted) {
  const auto reached = [this] { return reached_limit_on_processes(here).value_or("none"); };
  write("proc/12/status", "Name:\tone\nThreads:\t3\n");
  write("proc/345/status", "Name:\tother\nThreads:\t4\n");
  write("proc/self/status", "Threads:\t9\n");
  write("proc/filesystems", "Threads:\t9\n");
  BOOST_TEST(reached() == "none");
  here.processes = 8;
  BOOST_TEST(reached() == "none");
  here.processes = 7;
  BOOST_TEST(reached() ==
             "`ulimit -u` allows this user 7 processes and threads, and there are as many");
}

BOOST_AUTO_TEST_SUITE_END()
