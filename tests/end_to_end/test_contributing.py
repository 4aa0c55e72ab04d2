"""The pages for those who work on Assay name files, commands and tests that exist."""

import re
import subprocess
import unittest

import program

PAGES = ["CONTRIBUTING.md", "CHANGELOG.md", "docs/style.md", "docs/architecture.md"]
# Files that a run writes, names of its state, and names in examples of how not to do it.
NOT_IN_THE_SOURCE = {"run.json", "data.json", "plan.yaml", "RUN_DIR/plan.yaml", "checkpoints/step_N.safetensors",
                     "string_utils.h", "data/train.npy",
                     "weights/layer1.kernel", "optimizer/mu/layer1.kernel", "epoch_loss/sum", "last_values/TAG", "extremes/TAG",
                     "tags/TAG", "logs/FILE", "best/step", "hooks/NAME/best", "buffers/mean",
                     "share/doc/assay"}
STARTS = ["", "runner", "include", "tests"]
PATH = re.compile(r"[\w.+-]+(?:/[\w.+-]+)*/?")
FILE_NAME = re.compile(r"\.(md|cpp|h|py|build|yaml|json|txt|dict|npy)$")


def text(page):
    return (program.SOURCE / page).read_text()


def paths(page):
    """Yields what stands in backticks and looks like a file or folder of the source."""
    prose = re.sub(r"^```.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)
    for span in re.findall(r"`([^`\n]+)`", prose):
        if not PATH.fullmatch(span) or span in NOT_IN_THE_SOURCE or span.startswith(("build", ".venv")):
            continue
        if "/" in span or FILE_NAME.search(span):
            yield span


class Contributing(unittest.TestCase):
    def test_files_exist(self):
        for page in PAGES:
            for path in paths(page):
                # Paths may begin in a folder of the source, and end before the extension; a name without a folder
                # is any file of that name.
                exists = any((program.SOURCE / start / (path + end)).exists() for start in STARTS
                             for end in ("", ".h")) or "/" not in path and any(
                    next((program.SOURCE / folder).rglob(path), None)
                    for folder in ("include", "plugins", "runner", "tests"))
                with self.subTest(page=page, path=path):
                    self.assertTrue(exists, f"{page} names {path}, which does not exist")

    def test_it_names_many_files(self):
        """A change of the form of the page must not empty the test above."""
        self.assertGreater(len(list(paths("CONTRIBUTING.md"))), 60)

    def test_links(self):
        for page in PAGES:
            for target in re.findall(r"\]\((?!http)([^)#]+)", text(page)):
                with self.subTest(page=page, target=target):
                    self.assertTrue((program.SOURCE / page).parent.joinpath(target).exists(), target)

    def test_commands_of_dev_exist(self):
        usage = subprocess.run(["sh", program.SOURCE / "dev", "help"], capture_output=True, text=True, check=True).stdout
        known = set(re.findall(r"^\./dev (\S+)", usage, re.MULTILINE))
        self.assertIn("test", known)
        for page in PAGES:
            for command in re.findall(r"\./dev ([a-z][\w-]*)", text(page)):
                with self.subTest(page=page, command=command):
                    self.assertIn(command, known)

    def test_tests_and_golden_cases_exist(self):
        names = {name for file in (program.SOURCE / "tests").rglob("meson.build")
                 for name in re.findall(r"'(\w+)'", file.read_text())}
        for name in re.findall(r"^\./dev test ([a-z]\w*)", text("CONTRIBUTING.md"), re.MULTILINE):
            self.assertTrue(name in names, name)
        for case in re.findall(r"^\./dev accept (\w+/\w+)", text("CONTRIBUTING.md"), re.MULTILINE):
            self.assertTrue((program.SOURCE / "tests" / "golden" / f"{case}.yaml").exists(), case)


if __name__ == "__main__":
    unittest.main(verbosity=2)
