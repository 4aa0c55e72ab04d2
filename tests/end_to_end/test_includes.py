"""Data flows one way: what a folder of runner/ includes is what docs/architecture.md says it may."""

import re
import unittest

import program

ROW = re.compile(r"\| `runner/(\w+)` \| (.*) \|")
INCLUDE = re.compile(r'^#include "runner/(\w+)/', re.MULTILINE)


def table():
    """folder -> folders it may include, in the order of the rows."""
    allowed = {}
    for name, cell in ROW.findall((program.SOURCE / "docs" / "architecture.md").read_text()):
        named = list(allowed) if cell == "all" else [word.split("/")[0] for word in re.findall("`(.*?)`", cell)]
        allowed[name] = {name}.union(named, *(allowed.get(other, ()) for other in named))
    return allowed


class Includes(unittest.TestCase):
    def test_the_table_has_every_folder_and_no_way_back(self):
        allowed = table()
        with_sources = {source.parent.name for source in program.SOURCE.glob("runner/*/*.cpp")}
        self.assertEqual(set(allowed), with_sources)
        seen = set()
        for name, others in allowed.items():
            seen.add(name)
            self.assertLessEqual(others, seen, f"{name} names a folder that comes after it")

    def test_sources_include_what_the_table_says(self):
        allowed = table()
        for source in sorted(program.SOURCE.glob("runner/*/**/*.*")):
            if source.suffix not in (".h", ".cpp"):
                continue
            with self.subTest(source=source.relative_to(program.SOURCE)):
                self.assertLessEqual(set(INCLUDE.findall(source.read_text())), allowed[source.relative_to(program.SOURCE / "runner").parts[0]])


if __name__ == "__main__":
    unittest.main()
