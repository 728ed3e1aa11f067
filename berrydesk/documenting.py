"""Writes the pages of ``docs/reference`` that are read from the code: every problem a person may meet.

``make docs`` runs it; a guard test fails while a page differs from the code.
"""

import importlib
import os
import re
import sys
from pathlib import Path

from berrydesk.errors import problems

ROOT = Path(__file__).resolve().parent.parent
PROBLEMS = ROOT / "docs" / "reference" / "problems.md"

_HEAD = """# Problems and their remedies

Each problem has a code, which never changes: the API, the console and the trace use the same. The sentences are what
people read. Words in braces are filled in.

| code | what happened | what to do |
| --- | --- | --- |
"""


def problems_page():
    """The text of ``docs/reference/problems.md``."""
    _load_all()
    rows = (f"| `{kind.code}` | {_cell(kind.message)} | {_cell(kind.remedy)} |" for kind in problems())
    return _HEAD + "\n".join(rows) + "\n"


def main():
    """Write the pages anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berrydesk.settings")
    import django

    django.setup()
    PROBLEMS.write_text(problems_page())
    return 0


def _load_all():
    """Import every module that defines a problem."""
    for path in sorted([*(ROOT / "apps").rglob("*.py"), *(ROOT / "berrydesk" / "http").rglob("*.py")]):
        if "OwnerError" in path.read_text():
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def _cell(words):
    return re.sub(r"\s+", " ", str(words)).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
