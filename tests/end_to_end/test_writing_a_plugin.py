"""docs/writing-a-plugin.md from top to bottom: its files are written and its commands typed as they stand there."""

import pathlib
import re
import subprocess
import unittest

import installed
import program
from test_dev import source_folder

PAGE = program.SOURCE / "docs" / "writing-a-plugin.md"
FILE = re.compile(r"`([\w.]+)`:$")  # the text in front of a block that is a file


def there_is(line):
    """Returns True if the program has this command already."""
    command = re.match(r"assay plugins (\w+)", line)
    return not command or f"  {command[1]} " in program.assay("plugins", "--help", folder="/").stdout


class WritingAPlugin(unittest.TestCase):
    def test_from_top_to_bottom(self):
        """In one shell that has nothing of Assay's, with a home of its own."""
        if program.EMULATOR:
            self.skipTest("what is installed here is for another CPU")
        with program.temporary_folder() as temporary:
            home = pathlib.Path(temporary)
            source = source_folder(home)
            folder = home / "momentum"
            folder.mkdir()
            script = ["set -eux", f"cd '{source}'"]
            for before, language, code in installed.blocks(PAGE):
                file = FILE.search(before)
                if language == "sh":
                    script += [line for line in code.splitlines() if there_is(line)]
                    if "./dev install" in code:
                        script.append(f"cd '{folder}'")
                elif language != "text":
                    self.assertIsNotNone(file, before)
                    (folder / file[1]).write_text(code)
            process = subprocess.run(["bash", "-c", "\n".join(script)], cwd=home, text=True, timeout=600,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     env={"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"})
            print(process.stdout)
            self.assertEqual(process.returncode, 0)
            self.assertEqual(len(re.findall(r"^optimizer +momentum +1\.0\.0 ", process.stdout, re.MULTILINE)), 2)
            self.assertRegex(process.stdout, r"decay +number, >= 0, <= 1, default 0\.9")
            # The page says that it prints this; no more is needed.
            exports = re.findall(r"^export \w+=", "".join(installed.blocks_of(PAGE, "sh")), re.MULTILINE)
            for export in exports:
                self.assertRegex(process.stdout, rf"(?m)^{export}")

    def test_the_optimizer_is_short(self):
        (code,) = installed.blocks_of(PAGE, "cpp")
        print(len(code.splitlines()), "lines")
        self.assertLessEqual(len(code.splitlines()), 40)

    def test_what_it_names_exists(self):
        text = PAGE.read_text()
        for path in re.findall(r"`((?:include|plugins|subprojects|docs)/[\w./-]+)`", text):
            if "KIND" not in path:
                self.assertTrue((program.SOURCE / path).exists(), path)
        for name in re.findall(r"`assay/(\w+\.h)`", text):
            self.assertTrue((program.SOURCE / "include" / "assay" / name).exists(), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
