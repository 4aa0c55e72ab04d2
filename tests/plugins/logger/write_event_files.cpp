// Writes runs into FOLDER with the real loggers, for tests/end_to_end/test_event_files.py:
//   tutorial   what configs/digits.yaml logs, with made-up scalars
//   resumed    two event files: steps 1 to 100, and a resume from the checkpoint of step 50, with
//              the first file cut back as the host does
//   awkward    NaN and infinite scalars, a tag beyond ASCII, text
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>

#include "tests/plugins/logger/fake_host.h"
#include "tests/support/component.h"
#include "tests/support/give_record.h"
#include "tests/support/reference.h"

namespace {

using assay::test::FakeHost;

struct Run {
  std::filesystem::path folder;
  FakeHost host;
  std::vector<std::unique_ptr<assay::Logger>> loggers;

  explicit Run(std::filesystem::path path, std::int64_t first_step = 0) : folder(std::move(path)) {
    std::filesystem::create_directories(folder);
    host.folder = folder.string();
    host.first = first_step;
    for (const char* name : {"tensorboard", "jsonl"})
      loggers.emplace_back(assay::test::make<assay::Logger>(name))->open(host);
  }
  void scalar(assay::Tag tag, std::int64_t step, double value) {
    for (auto& logger : loggers)
      assay::test::give(*logger, tag, step, time_of(step), assay::Scalar{value});
  }
  void image(assay::Tag tag, std::int64_t step, const std::string& png) {
    for (auto& logger : loggers)
      assay::test::give(*logger, tag, step, time_of(step),
                        assay::Image{600, 600, std::as_bytes(std::span(png))});
  }
  void text(assay::Tag tag, std::int64_t step, std::string_view markdown) {
    for (auto& logger : loggers)
      assay::test::give(*logger, tag, step, time_of(step), assay::Text{markdown});
  }
  void flush() {
    for (auto& logger : loggers) logger->flush();
  }
  // Writes the files to the disk; appends to an existing jsonl file.
  void save() {
    for (auto& logger : loggers) logger->close(assay::Outcome::finished);
    for (const auto& file : host.files)
      std::ofstream(folder / file.path(), std::ios::binary | std::ios::app) << file.content();
  }
  double time_of(std::int64_t step) const {
    return host.start_time() + static_cast<double>(step) / 1000;
  }
};

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

double loss_at(std::int64_t step) { return 20.18 / std::sqrt(static_cast<double>(step)); }

void write_tutorial(const std::filesystem::path& folder) {
  const auto picture = [](const std::string& name) {
    return read(assay::test::reference_file(name + "_matplotlib.png"));
  };
  const std::string first = picture("testsheet_step1"), last = picture("testsheet_step3000");
  Run run(folder);
  run.image({0, "Training Data"}, 0, picture("training_data"));
  std::uint32_t next_tag = 3;
  for (std::int64_t step = 1; step <= 3000; ++step) {
    run.scalar({1, "Loss"}, step, loss_at(step));
    if (step == 1 || step % 10 == 0)
      run.scalar({2, "Accuracy"}, step, 1 - 0.9 / std::sqrt(static_cast<double>(step)));
    if (step == 1 || step % 500 == 0) {
      const std::string tag = "Step " + std::to_string(step) + " Accuracy Testsheet";
      run.image({next_tag++, tag}, step, step == 1 ? first : last);
    }
  }
  run.save();
}

void write_resumed(const std::filesystem::path& folder) {
  Run run(folder);
  std::vector<std::int64_t> checkpoint;
  for (std::int64_t step = 1; step <= 100; ++step) {
    run.scalar({0, "Loss"}, step, step <= 50 ? loss_at(step) : -1);
    if (step != 50) continue;
    run.flush();
    for (const auto& file : run.host.files) checkpoint.push_back(file.position());
  }
  run.save();
  for (std::size_t i = 0; i < checkpoint.size(); ++i)
    std::filesystem::resize_file(folder / run.host.files[i].path(),
                                 static_cast<std::uintmax_t>(checkpoint[i]));
  Run rest(folder, 50);
  for (std::int64_t step = 51; step <= 120; ++step) rest.scalar({0, "Loss"}, step, loss_at(step));
  rest.save();
}

void write_awkward(const std::filesystem::path& folder) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double values[] = {1, std::nan(""), infinity, -infinity, 0, 1e-45, 3e38};
  Run run(folder);
  run.text({1, "Notes"}, 0, "**bold** äöü");
  std::int64_t step = 0;
  for (const double value : values) run.scalar({0, "loss/損失 \"ä\""}, ++step, value);
  run.save();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw std::runtime_error("usage: write_event_files FOLDER");
  const std::filesystem::path folder = argv[1];
  write_tutorial(folder / "tutorial");
  write_resumed(folder / "resumed");
  write_awkward(folder / "awkward");
} catch (const std::exception& error) {
  std::cerr << "write_event_files: " << error.what() << '\n';
  return 1;
}
