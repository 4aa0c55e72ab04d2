"""Mistakes of an author in a plugin's tables are errors of the compiler, which say what to do."""

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
    "CONSTRUCTOR=Mine() {}": "this component cannot be made; give it a public constructor",
    "CONSTRUCTOR=explicit Mine(Options&) {}": "this component cannot be made; give it a public constructor",
    "CONSTRUCTOR=private: explicit Mine(const Options&) {} public:": "this component cannot be made; give it",
    "CONSTRUCTOR=Mine(const Options&, const assay::Host&) {}": "",
    "OPTIONS=private: struct Options { double first = 1; std::int64_t last = 1; }; public:":
        "this component cannot be made",
    "OPTIONS= -DTABLE= -DCONSTRUCTOR=": "",
    "OPTIONS= -DTABLE= -DCONSTRUCTOR=explicit Mine(const assay::Host&) {}": "",
    "OPTIONS= -DTABLE= -DCONSTRUCTOR=explicit Mine(int) {}": "this component cannot be made; give it a public con",
    "VALUE=": "abstract class type",
    "TABLE=": "no table binds the Options of this component; declare a public member static constexpr auto table",
    "TABLE=static constexpr int table = 0;": "no table binds the Options of this component",
    "TABLE=static constexpr auto table = assay::options();": "",
    "TABLE=static constexpr auto table = assay::options(" + ", ".join(
        f'assay::option("option_{i:03}", &Options::first, "{40 * "."}")' for i in range(40)) + ");": "",
    "MEMBER=double first = other(); static double other()": "Options cannot be made while compiling",
    "MEMBER=explicit Options(int); double first": "Options cannot be made while compiling",
    "MEMBER=float first = 1": "an option's member has a type that no option has; use bool, std::int64_t, double",
    "MEMBER=int first = 1": "an option's member has a type that no option has",
    "MEMBER=std::vector<int> first": "an option's member has a type that no option has",
    "MEMBER=const char* first = nullptr": "an option's member has a type that no option has",
    "MEMBER=Unbound first": "an option's member has a type that no option has",
    "MEMBER=Strange first": "an option's member has a type that no option has",
    "MEMBER=std::vector<std::vector<double>> first": "an option's member has a type that no option has",
    "MEMBER=Plain first": "",
    "MEMBER=std::vector<Plain> first": "",
    "MEMBER=std::optional<std::vector<std::string_view>> first": "",
    "MEMBER=Needy first": "a group with an option that is required must be required, too",
    "MEMBER=std::vector<Needy> first": "",
    "MEMBER=assay::Nested<assay::Loss> first": "an option that is a component has no default; make it assay::req",
    'MEMBER=assay::Nested<assay::Loss> first{"mine"}': "",
    "MEMBER=std::optional<assay::Nested<assay::Model>> first": "",
    'MEMBER=assay::Rate first{"cosine"}': "",
    "MEMBER=double first = 1.0 / 3": "or has more than 15 digits; write a default with fewer digits, such as 0.1",
    "MEMBER=double first = __builtin_inf()": "an option's initial value is not finite",
    "MEMBER=double first = 0.123456789012345": "",
    "MEMBER=std::vector<double> first = {1, 0.1 + 0.2}": "or has more than 15 digits",
    'MEMBER=std::string_view first = "two\\nlines"': f"an option's initial value must be {LINE}",
    'MEMBER=assay::TagText first = {"two\\nlines"}': f"an option's initial value must be {LINE}",
    "LIMITS=.minimum=2": "an option's initial value, its default, lies outside its bounds",
    "LIMITS=.maximum=1,.exclusive_maximum=true": "an option's initial value, its default, lies outside its bounds",
    "LIMITS=.minimum=2,.maximum=1": "nothing lies within an option's bounds; mend its minimum and maximum",
    "LIMITS=.minimum=1,.maximum=1": "",
    "LIMITS=.minimum=1,.maximum=1,.exclusive_maximum=true": "nothing lies within an option's bounds",
    'LIMITS=.choices="a|b"': "only an enumeration has choices; make the member one",
    **{f'FIRST=assay::required("first", &Options::last, "", {{{limits}}})': message for limits, message in {
        ".minimum=1.2,.maximum=1.9": "nothing lies within an option's bounds",
        ".minimum=1.2,.maximum=2": "",
        ".minimum=-1.9,.maximum=-1.2": "nothing lies within an option's bounds",
        ".minimum=1,.maximum=2,.exclusive_minimum=true,.exclusive_maximum=true":
            "nothing lies within an option's bounds",
        ".minimum=1e19,.maximum=1e20": "nothing lies within an option's bounds",
        ".minimum=-1e20,.maximum=-0x1p63": "",
    }.items()},
    **{f"MEMBER=Way first = Way::mean -DLIMITS={limits}": message for limits, message in {
        '.choices="sum|mean"': "",
        "": "an enumeration's choices must be words separated by '|', each once, in the order of the enumerators",
        '.choices="a||b"': "an enumeration's choices must be words separated by '|'",
        '.choices="a|b|a"': "an enumeration's choices must be words separated by '|', each once",
        '.choices="a\\n|b"': "an enumeration's choices must be words separated by '|'",
        '.choices="sum"': "an option's initial value has no word among its choices; the words stand in the order",
    }.items()},
    'FIRST=assay::option("first", &Options::first, "two\\nlines")': f"an option's doc must be {LINE}",
    'FIRST=assay::option("first", &Options::first, nullptr)': f"an option's doc must be {LINE}",
    'FIRST=assay::option("a b", &Options::first, "")': f"is not made of {NAME}",
    'FIRST=assay::option(nullptr, &Options::first, "")': f"is not made of {NAME}",
    'FIRST=assay::option("type", &Options::first, "")': "'type' names the component itself; rename the option",
    'FIRST=assay::option("last", &Options::first, "")': "two options have one name; rename one of them",
    'PLUGIN="so und", "1.0.0", "MIT", Mine': f"the plugin's name is not made of {NAME}",
    'PLUGIN="sound", "1 0", "MIT", Mine': 'the plugin\'s version is empty or holds blanks; write it as',
    'PLUGIN="sound", "1.0.0", "MIT\\n", Mine': "the plugin's licence is empty or more than a line; write it",
    'PLUGIN="sound", "1.0.0", "MIT", Mine, Mine': "two components of one kind have one name; rename one of them",
}


def errors_of(compiler, macros):
    process = subprocess.run([compiler, *FLAGS, "-include", "array", *(f"-D{macro}" for macro in macros.split(" -D") if macro)],
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
            for header in sorted((program.SOURCE / "include" / "assay").rglob("*.h")):
                process = subprocess.run([compiler, "-std=c++17", "-fsyntax-only", "-x", "c++", "-", FLAGS[-3],
                                          FLAGS[-2]], text=True, capture_output=True,
                                         input=f'#include "{header.relative_to(program.SOURCE / "include")}"\n')
                with self.subTest(header.name, compiler=compiler):
                    (first, *_) = [line for line in process.stderr.splitlines() if "error: " in line]
                    self.assertIn("Assay's headers need C++20: -std=c++20", first)

    def test_gcc(self):
        self.check("g++")

    def test_clang(self):
        self.check("clang++")


if __name__ == "__main__":
    unittest.main(verbosity=2)
