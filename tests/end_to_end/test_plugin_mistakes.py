"""What a plugin's author can get wrong in its tables is an error of the compiler, which says what to do."""

import concurrent.futures
import subprocess
import unittest

import program

SOURCE = program.SOURCE / "tests" / "end_to_end" / "outsider" / "mistakes.cpp"
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
         "-I", program.SOURCE / "include", SOURCE]
LINE = "one line of UTF-8 without control characters"
NAME = "lower-case letters, digits and underscores (a letter first); rename it"

# macros -> what the first error says. An empty one: it compiles.
MISTAKES = {
    "": "",
    'DOC="Größer: naïve, 値 ✓"': "",
    'DOC="two\\nlines"': f"about.doc must be {LINE}",
    'DOC="tab\\there"': f"about.doc must be {LINE}",
    'DOC="\\x1b[2J"': f"about.doc must be {LINE}",
    'DOC="\\xff"': f"about.doc must be {LINE}",
    'DOC="\\xc2\\x9b"': f"about.doc must be {LINE}",
    'DOC=""': f"about.doc must be {LINE}",
    "DOC=nullptr": f"about.doc must be {LINE}",
    'NAME="so und"': f"about.name is missing, or is not made of {NAME}",
    'NAME="Sound"': f"about.name is missing, or is not made of {NAME}",
    'NAME="sound\\n"': f"about.name is missing, or is not made of {NAME}",
    'NAME=""': f"about.name is missing, or is not made of {NAME}",
    "NAME=nullptr": f"about.name is missing, or is not made of {NAME}",
    "ABOUT=": "this component says nothing about itself; give it a public member static constexpr assay::About",
    'ABOUT=static constexpr const char* about = "sound";': "this component says nothing about itself",
    "ABOUT=static const assay::About about;": "this component says nothing about itself",
    "BASE=assay::Schedule": "this component derives from no interface; derive it publicly",
    "BASE=public assay::About": "this component derives from no interface; derive it publicly",
    "CONSTRUCTOR=Mine() {}": "this component cannot be made from its options; give it a public constructor",
    "CONSTRUCTOR=explicit Mine(assay::Options&) {}": "this component cannot be made from its options",
    "CONSTRUCTOR=private: explicit Mine(const assay::Options&) {} public:": "cannot be made from its options",
    "VALUE=": "abstract class type",
    "TABLE=": "",
    "TABLE=static constexpr assay::Parameter parameters[] = {" + ", ".join(
        f'{{.name = "option_{i:03}", .doc = "{40 * "."}"}}' for i in range(500)) + "};":
        "has hundreds of options, compile with -fconstexpr-ops-limit=1000000000, clang++ with -fconstexpr-steps=",
    "TABLE=static const assay::Parameter parameters[2];": "`parameters` is no table that can be read while comp",
    'TABLE=static constexpr assay::Parameter parameters = {.name = "first"};': "`parameters` is no table",
    'TABLE=static constexpr std::array<assay::Parameter, 1> parameters = {{{.name = "first"}}};': "",
    'FIRST=.doc="two\\nlines"': f"a parameter's doc must be {LINE}",
    "FIRST=.doc=nullptr": f"a parameter's doc must be {LINE}",
    'FIRST=.fallback="two\\nlines"': f"a parameter's fallback must be {LINE}",
    "FIRST=.minimum=2,.maximum=1": "nothing lies within a parameter's bounds; mend its minimum and maximum",
    "FIRST=.minimum=1,.maximum=1": "",
    "FIRST=.minimum=1,.maximum=1,.exclusive_maximum=true": "nothing lies within a parameter's bounds",
    "FIRST=.type=integer,.minimum=1.2,.maximum=1.9": "nothing lies within a parameter's bounds",
    "FIRST=.type=integer,.minimum=1.2,.maximum=2": "",
    "FIRST=.type=integer,.minimum=-1.9,.maximum=-1.2": "nothing lies within a parameter's bounds",
    "FIRST=.type=integer,.minimum=1,.maximum=2,.exclusive_minimum=true,.exclusive_maximum=true":
        "nothing lies within a parameter's bounds",
    "FIRST=.type=integer,.minimum=1e19,.maximum=1e20": "nothing lies within a parameter's bounds",
    "FIRST=.type=integer,.minimum=-1e20,.maximum=-0x1p63": "",
    "FIRST=.type=choice": "a parameter's choices must be words separated by '|'",
    'FIRST=.type=choice,.choices="a|b"': "",
    'FIRST=.type=choice,.choices="a||b"': "a parameter's choices must be words separated by '|'",
    'FIRST=.type=choice,.choices="a|b|a"': "a parameter's choices must be words separated by '|', each once",
    'FIRST=.type=choice,.choices="a\\n|b"': "a parameter's choices must be words separated by '|'",
    "FIRST=.type=component,.kind=assay::Kind::renderer": "",
    "FIRST=.type=component,.kind=assay::Kind::model": "Options can hand over schedules and renderers only",
    "FIRST=.type=group,.member_count=3": "a group has a member_count, but no members; set both",
    "FIRST=.type=group,.members=plain,.member_count=1": "",
    "FIRST=.type=group,.members=looped,.member_count=1": "a group contains itself, or there are more than",
    "FIRST=.type=static_cast<assay::ParameterType>(99)": "a parameter's type is none of assay::ParameterType",
    'TABLE=static constexpr assay::Parameter parameters[] = {{.name = "a b"}};': f"is not made of {NAME}",
    "TABLE=static constexpr assay::Parameter parameters[1] = {};": f"is not made of {NAME}",
    'TABLE=static constexpr assay::Parameter parameters[] = {{.name = "type"}};': "'type' names the component it",
    'TABLE=static constexpr assay::Parameter parameters[] = {{.name = "a"}, {.name = "a"}};':
        "two parameters have one name; rename one of them",
    'PLUGIN="so und", "1.0.0", "MIT", Mine': f"ASSAY_PLUGIN: the plugin's name is not made of {NAME}",
    'PLUGIN="sound", "1 0", "MIT", Mine': 'ASSAY_PLUGIN: the version is empty or holds blanks; write it as',
    'PLUGIN="sound", "1.0.0", "MIT\\n", Mine': "ASSAY_PLUGIN: the licence is empty or more than a line; write it",
    'PLUGIN="sound", "1.0.0", "MIT", Mine, Mine': "two components of one kind have one name; rename one of them",
}


def errors_of(compiler, macros):
    process = subprocess.run([compiler, *FLAGS, "-include", "array", *([f"-D{macros}"] if macros else [])],
                             text=True, capture_output=True)
    lines = [line for line in process.stderr.splitlines() if "error: " in line]
    assert (process.returncode != 0) == bool(lines), process.stderr
    return lines


class Mistakes(unittest.TestCase):
    def check(self, compiler):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda macros: errors_of(compiler, macros), MISTAKES)
        for (macros, message), lines in zip(MISTAKES.items(), found, strict=True):
            with self.subTest(macros):
                print(f"{macros[:200]}: {lines}")
                self.assertTrue(1 <= len(lines) <= 2 if message else not lines)  # and no heap of others after it
                if message and not (compiler == "clang++" and message == MISTAKES["VALUE="]):
                    self.assertIn(message, lines[0])

    def test_headers_without_their_language(self):
        """Each header alone says first what it needs."""
        for compiler in "g++", "clang++":
            for header in sorted((program.SOURCE / "include" / "assay").glob("*.h")):
                process = subprocess.run([compiler, "-std=c++17", "-fsyntax-only", "-x", "c++", "-", FLAGS[-3],
                                          FLAGS[-2]], text=True, capture_output=True,
                                         input=f'#include "assay/{header.name}"\n')
                with self.subTest(header.name, compiler=compiler):
                    (first, *_) = [line for line in process.stderr.splitlines() if "error: " in line]
                    self.assertIn("Assay's headers need C++20: -std=c++20", first)

    def test_gcc(self):
        self.check("g++")

    def test_clang(self):
        self.check("clang++")


if __name__ == "__main__":
    unittest.main(verbosity=2)
