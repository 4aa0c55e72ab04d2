"""./dev from other folders, and without what it installed before."""

import os
import pathlib
import shutil
import subprocess
import unittest

import program


def source_folder(folder):
    """The source folder under another name and without its Python environments."""
    source = pathlib.Path(folder) / "source"
    source.mkdir()
    for entry in program.SOURCE.iterdir():
        if entry.name not in ("runs", "build") and not entry.name.startswith(".venv"):
            (source / entry.name).symlink_to(entry)
    (source / "build").symlink_to(program.BUILD)
    return source


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
            self.assertIn("dev: installing tensorboard setuptools into .venv-view", process.stderr)
            self.assertRegex(process.stderr, r"ERROR: .* tensorboard\b")


if __name__ == "__main__":
    unittest.main(verbosity=2)
