"""./dev from other folders, without what it installed before, and for those who may not install anything."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import program


def source_folder(folder, name="source", build=True):
    """The source folder under another name, without its Python environments and, if so asked, without a build."""
    source = pathlib.Path(folder) / name
    source.mkdir()
    for entry in program.SOURCE.iterdir():
        if entry.name != "runs" and not entry.name.startswith(("build", ".venv")):
            (source / entry.name).symlink_to(entry)
    if build:
        (source / "build").symlink_to(program.BUILD)
    return source


def fake_programs(folder, **programs):
    """A PATH on which these shell scripts are found before all else."""
    home = pathlib.Path(folder) / "fakes"
    home.mkdir(exist_ok=True)
    for name, script in programs.items():
        file = home / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
    return f"{home}:{os.environ['PATH']}"


def dev(source, *arguments, cwd, **environment):
    return subprocess.run([str(source / "dev"), *arguments], cwd=cwd, capture_output=True, text=True,
                          timeout=600, env={**os.environ, **environment})


def fake_tensorboard(environment):
    (environment / "bin").mkdir(parents=True)
    for name in ("python", "tensorboard"):
        program_file = environment / "bin" / name
        program_file.write_text("#!/bin/sh\npwd\necho \"$@\"\n")
        program_file.chmod(0o755)


class Dev(unittest.TestCase):
    def test_run_works_in_the_callers_folder(self):
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            mine = pathlib.Path(folder) / "elsewhere"
            mine.mkdir()
            shutil.copy(program.CONFIGS / "digits.yaml", mine / "mine.yaml")
            process = dev(source, "run", "mine.yaml", "run_dir=run", "train.epochs=1", cwd=mine)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertTrue((mine / "run" / "run.json").exists())

    def test_install_into_the_callers_folder(self):
        """Also over an installation that is in use, and with paths that have blanks."""
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            there = pathlib.Path(folder) / "my programs" / "assay"
            for arguments in (("--prefix", "my programs/assay"), (f"--prefix={there}",)):
                process = dev(source, "install", *arguments, cwd=folder)
                self.assertEqual(process.returncode, 0, process.stderr)
                print(process.stdout)
                self.assertIn(f"installed {there}/bin/assay\nexport PATH=\"{there}/bin:$PATH\"\n", process.stdout)
                used = subprocess.Popen([there / "bin" / "assay", "plugins", "list"], stdout=subprocess.PIPE)
                dev(source, "install", *arguments, cwd=folder)
                self.assertIn(f"{there}/lib", used.communicate()[0].decode())
                self.assertEqual(used.returncode, 0)
            for arguments in (("--prefix",), ("there",), ("--prefix=",), ("--prefix", "")):
                process = dev(source, "install", *arguments, cwd=folder)
                self.assertEqual((process.returncode, process.stderr),
                                 (2, "dev: expected ./dev install [--prefix DIR]\n"), arguments)

    def test_install_says_what_the_shell_lacks(self):
        """Also where another installation is found first, which is not the one that was asked for."""
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            homes = [pathlib.Path(folder) / name for name in ("one", "the other")]
            for home in homes:
                self.assertEqual(dev(source, "install", "--prefix", home, cwd=folder).returncode, 0)

            def hints(home, first):
                process = dev(source, "install", "--prefix", home, cwd=folder,
                              PATH=f"{first / 'bin'}:{os.environ['PATH']}",
                              PKG_CONFIG_PATH=str(first / "lib" / "pkgconfig"))
                print(process.stdout)
                return [line for line in process.stdout.splitlines() if line.startswith("export")]

            for home, other in (homes, reversed(homes)):
                self.assertEqual(hints(home, first=home), [])
                expected = [f'export PATH="{home}/bin:$PATH"',
                            f'export PKG_CONFIG_PATH="{home}/lib/pkgconfig:$PKG_CONFIG_PATH"  # to build plugins']
                self.assertEqual(hints(home, first=other), expected)
                # They are right.
                shell = "\n".join([*expected, "command -v assay", "pkg-config --variable=pcfiledir assay"])
                said = subprocess.run(["sh", "-c", shell], text=True, capture_output=True, check=True,
                                      env={**os.environ, "PKG_CONFIG_PATH": f"{other}/lib/pkgconfig"}).stdout
                self.assertEqual(said.replace("\\", "").splitlines(), [f"{home}/bin/assay", f"{home}/lib/pkgconfig"])

    def test_install_refuses_what_no_tool_could_use(self):
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            for name in ("it's", 'the "best"', "a$b", "a:b", "back\\slash", "tab\there", "a;b", "a#b"):
                process = dev(source, "install", "--prefix", name, cwd=folder)
                self.assertEqual(process.returncode, 2, name)
                self.assertIn("pkg-config could not pass this folder on", process.stderr)
                self.assertFalse((pathlib.Path(folder) / name).exists())

    def test_view_works_in_the_callers_folder(self):
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            fake_tensorboard(source / ".venv")
            (pathlib.Path(folder) / "mine").mkdir()
            process = dev(source, "view", "mine", cwd=folder)
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertEqual(process.stdout.splitlines()[0], os.path.realpath(folder))
            self.assertIn("--logdir mine", process.stdout)

    def test_view_installs_tensorboard_alone_when_it_is_gone(self):
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            (source / ".venv-view").mkdir()  # its stamp was there, its Python is not
            (source / ".venv-view" / ".dev-stamp").write_text(subprocess.run(
                ["sh", "-c", "cat dev tests/requirements.txt | cksum"], cwd=source,
                capture_output=True, text=True, check=True).stdout)
            process = dev(source, "view", ".", cwd=folder, PIP_NO_INDEX="1")
            print(process.stderr)
            self.assertNotEqual(process.returncode, 0)
            self.assertRegex(process.stderr, re.compile(
                r"dev: installing tensorboard setuptools into \.venv-view\n"
                r"dev: cannot install tensorboard setuptools with pip: ERROR: .* tensorboard\b.*\n\Z"))
            self.assertEqual(process.returncode, 1)
            # Another one that is in PATH will do.
            path = fake_programs(folder, tensorboard='echo "$@"')
            process = dev(source, "view", ".", cwd=folder, PIP_NO_INDEX="1", PATH=path)
            self.assertEqual(process.returncode, 0, process.stderr)
            self.assertIn("--logdir .", process.stdout)

    def test_odd_surroundings(self):
        """A path with blanks, the C locale, a home that nothing can be written to, no git."""
        with program.temporary_folder() as folder:
            source = source_folder(folder, "my source")
            shutil.copy(program.CONFIGS / "digits.yaml", pathlib.Path(folder) / "mine.yaml")
            surroundings = {"LANG": "C", "LC_ALL": "C", "HOME": "/proc/no-home", "CI": "true",
                            "PATH": fake_programs(folder, git="exit 127")}
            process = dev(source, "run", "mine.yaml", "run_dir=run", "train.epochs=1", cwd=folder, **surroundings)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            process = dev(source, "install", "--prefix", "there", cwd=folder, **surroundings)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)

    def test_a_cache_that_cannot_be_written_to_is_left_out(self):
        with program.temporary_folder() as folder:
            source = source_folder(folder, build=False)
            (source / "build").mkdir()
            (source / "build" / "build.ninja").touch()
            (source / "build" / "runner").mkdir()
            (source / "build" / "runner" / "assay").symlink_to("/bin/true")
            for home, expected in (("/proc/no-home", "1"), (f"{folder}/cache", "")):
                path = fake_programs(folder, ccache=f"echo {home}", dpkg_query="printf installed", meson="",
                                     ninja=f'echo "$CCACHE_DISABLE" >{folder}/disabled')
                process = dev(source, "run", cwd=folder, PATH=path)
                self.assertEqual(process.returncode, 0, process.stderr)
                self.assertEqual((pathlib.Path(folder) / "disabled").read_text().strip(), expected)

    def test_warnings_are_errors_where_tests_ran(self):
        """Not for those who only run experiments; a build that was made for them is set up once more, once."""
        with program.temporary_folder() as folder:
            source = source_folder(folder, build=False)
            (source / ".venv" / "bin").mkdir(parents=True)
            (source / ".venv" / "bin" / "python").symlink_to("/bin/true")
            (source / ".venv" / ".dev-stamp").write_text(subprocess.run(
                ["sh", "-c", "cat dev tests/requirements.txt | cksum"], cwd=source,
                capture_output=True, text=True, check=True).stdout)
            calls = pathlib.Path(folder) / "calls"
            path = fake_programs(folder, dpkg_query="printf installed", ninja="", meson=f"""echo "$@" >>{calls}
                case $1 in setup)
                  mkdir -p build/runner; touch build/build.ninja; ln -s /bin/true build/runner/assay
                esac""")

            def called(*arguments):
                calls.write_text("")
                dev(source, *arguments, cwd=folder, PATH=path)
                return [line for line in calls.read_text().splitlines() if not line.startswith("test ")]

            self.assertEqual(called("run"), ["setup build -Dtests=false"])
            self.assertEqual(called("run"), [])
            self.assertEqual(called("test", "golden"), ["configure build -Dtests=true -Dwerror=true"])
            self.assertEqual(called("test", "golden"), [])
            self.assertEqual(called("run"), [])
            shutil.rmtree(source / "build")
            self.assertEqual(called("test", "golden"), ["setup build -Dwerror=true"])
            self.assertEqual(called("test", "golden"), [])


NOT_INSTALLED = 'case $4 in libfmt-dev | meson) printf not-installed ;; *) printf installed ;; esac'
MISSING = "meson libfmt-dev"


class WithoutRights(unittest.TestCase):
    """Two packages are missing, of which one is needed: Meson is there all the same."""

    def run_dev(self, folder, *arguments, meson='echo "meson.build:9:0: ERROR: no fmt"; exit 1', built=False,
                **programs):
        source = source_folder(folder, build=False)
        if built:
            (source / "build" / "runner").mkdir(parents=True)
            (source / "build" / "build.ninja").touch()
            (source / "build" / "runner" / "assay").symlink_to("/bin/true")
        path = fake_programs(folder, dpkg_query=NOT_INSTALLED, meson=meson, ninja="", **programs)
        process = subprocess.run([str(source / "dev"), *arguments], cwd=folder, capture_output=True, text=True,
                                 stdin=subprocess.DEVNULL, timeout=600, env={**os.environ, "PATH": path})
        print(process.stderr)
        return process

    def check(self, why, stops=True, **programs):
        """It says what is missing and why it is not installed, then what cannot be done without it."""
        with program.temporary_folder() as folder:
            process = self.run_dev(folder, "run", built=not stops, **programs)
        lines = process.stderr.splitlines()
        self.assertEqual(lines[0], why)
        self.assertEqual((process.returncode, lines[1:]), (1, [
            "dev: configuring and building; the first time this takes a few minutes",
            "dev: meson.build:9:0: ERROR: no fmt"]) if stops else (0, []))

    def test_sudo_that_asks_for_a_password(self):
        why = (f"dev: missing: {MISSING}. Installing needs root (sudo: a password is required); someone who may can "
               f"run: apt-get install --no-install-recommends {MISSING}")
        asks = 'case $1 in -n) echo "sudo: a password is required" >&2; exit 1 ;; *) exec sleep 600 ;; esac'
        for stops in (True, False):  # what is built already does not need them
            self.check(why, stops, id="echo 1000", sudo=asks)

    def test_no_sudo(self):
        why = (f"dev: missing: {MISSING}. Installing needs root (there is no sudo); someone who may can run: "
               f"apt-get install --no-install-recommends {MISSING}")
        with program.temporary_folder() as folder:
            links = pathlib.Path(folder) / "no_sudo"
            links.mkdir()
            for tool in ("sh", "cat", "cksum", "dirname", "mkdir", "apt-get", "grep", "env"):
                (links / tool).symlink_to(shutil.which(tool))
            source = source_folder(folder, build=False)
            path = fake_programs(folder, dpkg_query=NOT_INSTALLED, id="echo 1000", ninja="",
                                 meson='echo "meson.build:9:0: ERROR: no fmt"; exit 1').split(":")[0] + f":{links}"
            process = subprocess.run([str(source / "dev"), "run"], cwd=folder, capture_output=True, text=True,
                                     env={"PATH": path}, timeout=600)
            self.assertEqual((process.returncode, process.stderr.splitlines()[0]), (1, why), process.stderr)

    def test_apt_get_that_fails(self):
        fails = ('case $1 in update) echo "W: Failed to fetch http://deb.example/InRelease: no network" ;; '
                 '*) echo "E: Unable to locate package libfmt-dev"; exit 100 ;; esac')
        with program.temporary_folder() as folder:
            process = self.run_dev(folder, "run", apt_get=fails, id="echo 0")
        self.assertEqual(process.returncode, 1)
        self.assertEqual(process.stderr.splitlines()[:2], [
            f"dev: installing {MISSING}",
            f"dev: apt-get cannot install {MISSING}: W: Failed to fetch http://deb.example/InRelease: no network"])

    def test_on_needs_root(self):
        with program.temporary_folder() as folder:
            process = self.run_dev(folder, "on", "trixie", "true", id="echo 1000")
            self.assertEqual((process.returncode, process.stderr), (
                1, "dev: ./dev on makes another system and mounts folders in it, which only root may do\n"))
        for arguments in ((), ("trixie",)):
            with program.temporary_folder() as folder:
                process = self.run_dev(folder, "on", *arguments)
                self.assertEqual((process.returncode, process.stderr), (
                    2, "dev: expected ./dev on NAME COMMAND ..., as in ./dev on trixie ./dev test\n"))
        with program.temporary_folder() as folder:
            process = self.run_dev(folder, "on", "../here", "true", id="echo 0")
            self.assertEqual((process.returncode, process.stderr), (
                1, "dev: '../here' is no name of a Debian; expected one such as trixie\n"))


@unittest.skipIf(program.EMULATOR, "the build is for another CPU")
class PlainMeson(unittest.TestCase):
    """README's commands for other systems than Debian, where ./dev installs nothing."""

    def commands(self):
        (block,) = re.findall(r"```shell\n(.*?)```", (program.SOURCE / "README.md").read_text(), re.DOTALL)
        return block.splitlines()

    def test_it_sets_up_the_same_build(self):
        """Building it takes minutes; it is enough that every command is the one that built what is tested."""
        with program.temporary_folder() as folder:
            source = source_folder(folder, build=False)
            process = subprocess.run(self.commands()[0], shell=True, cwd=source, capture_output=True, text=True)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)

            def compilations(build):
                return {entry["output"]: re.sub(r" -Werror(?= )", "", entry["command"])
                        for entry in json.loads((build / "compile_commands.json").read_text())
                        if entry["output"].startswith(("runner/", "plugins/"))}

            tested = compilations(program.BUILD)
            self.assertGreater(len(tested), 100)
            self.assertEqual(compilations(source / "build"), tested)
            process = subprocess.run(self.commands()[1] + " --ninja-args=-n", shell=True, cwd=source,
                                     capture_output=True, text=True)
            self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertIn("Linking target runner/assay", process.stdout)

    def test_it_runs(self):
        with program.temporary_folder() as folder:
            source = source_folder(folder)
            self.assertEqual(len(self.commands()), 3)
            for command in self.commands()[1:]:
                process = subprocess.run(command, shell=True, cwd=source, capture_output=True, text=True)
                self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
            self.assertTrue(list((source / "runs").glob("test/*/run.json")))

    def test_an_old_compiler_is_refused_in_one_line(self):
        with program.temporary_folder() as folder:
            for name, version, said in (("clang++", "18.1.0", "clang 18.1.0"), ("g++", "11.4.0", "gcc 11.4.0")):
                old = fake_compiler(folder, name, version)
                process = subprocess.run(["meson", "setup", str(pathlib.Path(folder) / f"build-{name}"),
                                          str(program.SOURCE)], capture_output=True, text=True,
                                         env={**os.environ, "CXX": str(old)})
                self.assertNotEqual(process.returncode, 0)
                errors = [line for line in process.stdout.splitlines() if "ERROR" in line]
                self.assertEqual(len(errors), 1, process.stdout)
                self.assertTrue(errors[0].endswith(
                    f"{said} is too old for Assay; expected g++ 12, clang++ 19 or newer"), errors[0])


def fake_compiler(folder, name, version):
    """This machine's g++, with the version that a compiler of that name tells Meson."""
    file = pathlib.Path(folder) / name
    clang = name == "clang++"
    major, minor, patch = version.split(".")
    first = f"clang version {version}" if clang else f"g++ (old) {version}\nFree Software Foundation"
    defines = ([f"__clang__ 1", f"__clang_major__ {major}"] if clang else []) + [
        f"__GNUC__ {major}", f"__GNUC_MINOR__ {minor}", f"__GNUC_PATCHLEVEL__ {patch}"]
    shown = "\n".join(f"#define {define}" for define in defines)
    file.write_text(f"""#!/bin/sh
case " $* " in
  *" --version "*) printf '{first}\n' ;;
  *" -dM "*) printf '{shown}\n' ;;
  *) exec g++ "$@" ;;
esac
""")
    file.chmod(0o755)
    return file


if __name__ == "__main__":
    unittest.main(verbosity=2)
