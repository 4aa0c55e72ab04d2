"""One more test sheet, as PNG."""

import programs
from case import MILLISECONDS, Case


def case(quick):
    sheets = 3 if quick else 101

    def assay():
        """Two runs of as many steps: their difference is the pictures after the first."""
        def seconds(*overrides):
            return programs.process(programs.ASSAY, "run", programs.BENCH / "configs" / "sheet.yaml",
                                    "run_dir=run", f"train.steps={sheets}", *overrides)["seconds"]

        many, one = seconds(), seconds(f"hooks.sheet.every={sheets}")
        return {"figure": (many - one) / (sheets - 1) * 1e3}

    def matplotlib():
        answer = programs.peer("matplotlib_sheet.py", 1 if quick else 3)
        return {"figure": answer["seconds"] * 1e3, "bytes": answer["bytes"]}

    return Case("pictures", "one more test sheet to PNG", MILLISECONDS, "matplotlib",
                {"Assay": assay, "matplotlib": matplotlib})
