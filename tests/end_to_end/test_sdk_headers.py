"""Each header of the SDK, alone, as the compiler reads it: what it declares is defined in it, and its names do not
clash. That uses of each link is seen in tests/sdk/."""

import concurrent.futures
import json
import subprocess
import unittest

import program

INCLUDE = program.SOURCE / "include"
HEADERS = sorted((INCLUDE / "assay").rglob("*.h"), key=lambda header: header.stem)
FUNCTIONS = ("FunctionDecl", "CXXMethodDecl", "CXXConstructorDecl", "CXXDestructorDecl", "CXXConversionDecl")
HOSTS = {"TableMistake", "OptionMistake", "ParameterType"}  # enumerations that only the SDK's own checks use


def declarations(source):
    """(the names around it, declaration) for all that the source declares in namespace assay."""
    process = subprocess.run(
        ["clang++", "-std=c++20", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-Xclang", "-ast-dump-filter=assay",
         "-I", INCLUDE, "-x", "c++", "-"], input=source, text=True, capture_output=True, check=True)
    decoder, text, at, seen = json.JSONDecoder(), process.stdout, 0, set()
    while (at := text.find("{", at)) >= 0:
        root, at = decoder.raw_decode(text, at)
        todo = [((), root)]
        while todo:
            around, node = todo.pop()
            if node.get("id") in seen or node.get("kind") == "ClassTemplateSpecializationDecl":
                continue
            seen.add(node.get("id"))
            if node.get("kind", "").endswith("Decl"):
                yield around, node
            inside = around + (node["name"],) if "name" in node else around
            todo += [(inside, inner) for inner in node.get("inner", [])]


def undefined(header):
    """Functions that a header declares and that nothing which it includes defines. A virtual function may be pure."""
    declared, defined = {}, set()
    for around, node in declarations(f'#include "{header.relative_to(INCLUDE)}"\n'):
        if node["kind"] not in FUNCTIONS or node.get("isImplicit"):
            continue
        name = (node["name"], node.get("mangledName"))
        body = any(inner.get("kind") in ("CompoundStmt", "CXXTryStmt") for inner in node.get("inner", []))
        if body or node.get("pure") or node.get("explicitlyDefaulted") or node.get("explicitlyDeleted"):
            defined.add(name)
        else:
            declared[name] = "::".join((*around, node["name"]))
    return [text for name, text in declared.items() if name not in defined]


class SdkHeaders(unittest.TestCase):
    def test_what_is_declared_is_defined(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for header, names in zip(HEADERS, pool.map(undefined, HEADERS), strict=True):
                with self.subTest(header.name):
                    self.assertEqual(names, [])

    def test_every_header_has_a_use(self):
        uses = program.SOURCE / "tests" / "sdk" / "uses"
        names = {header.stem: header.relative_to(INCLUDE) for header in HEADERS}
        self.assertEqual(sorted(names), sorted(use.stem for use in uses.glob("*.cpp")))
        for use in uses.glob("*.cpp"):
            included = [line for line in use.read_text().splitlines() if line.startswith('#include "')]
            self.assertEqual(included, [f'#include "{names[use.stem]}"'])

    def test_no_enumerator_has_the_name_of_a_member(self):
        """A component may use all of them by their short names: `using enum assay::Mode`."""
        members, enumerators = {}, {}
        everything = "".join(f'#include "{header.relative_to(INCLUDE)}"\n' for header in HEADERS)
        for around, node in declarations(everything):
            if not around or not node.get("name"):
                continue
            if node["kind"] == "EnumConstantDecl" and around[-1] not in HOSTS:
                enumerators[node["name"]] = around[-1]
            elif node["kind"] in ("CXXMethodDecl", "VarDecl"):
                members.setdefault(around[-1], set()).add(node["name"])
        kinds = {name: names for name, names in members.items() if "kind" in names and name[0].isupper()}
        self.assertEqual(len(kinds), 12, sorted(kinds))
        self.assertGreaterEqual(len(enumerators), 30)
        for kind, names in kinds.items():
            with self.subTest(kind):
                self.assertEqual({name: enumerators[name] for name in names & set(enumerators)}, {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
