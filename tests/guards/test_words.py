"""Every problem a person meets says what happened and what to press."""

import importlib
import re
import string

import pytest

from berrydesk.errors import OwnerError
from tests.guards.allowing import ROOT, judge, python_files


def problems():
    """Every OwnerError of the project, once all modules that may define one are loaded."""
    for path in python_files("apps"):
        if "OwnerError" in path.read_text() or path.stem in ("errors", "problems", "failures"):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found, waiting = [], [OwnerError]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(
        {k for k in found if k.__module__.startswith("apps.")}, key=lambda k: (k.__module__, k.__name__)
    )


def name(kind):
    return f"{kind.__module__}.{kind.__name__}"


def test_every_problem_has_its_own_code():
    codes = {}
    for kind in problems():
        codes.setdefault(kind.code, []).append(name(kind))
    shared = [
        f"{code}: {', '.join(kinds)}" for code, kinds in codes.items() if len(kinds) > 1 or code == "problem"
    ]
    judge(shared, allowed={}, remedy="Give each of these a stable code of its own:")


def test_every_problem_has_a_message_and_a_remedy():
    wrong = [name(k) for k in problems() if not str(k.message).strip() or not str(k.remedy).strip()]
    wrong += [
        name(k)
        for k in problems()
        if k.remedy is OwnerError.remedy and "remedy" not in vars(k) and k.__bases__[0] is OwnerError
    ]
    judge(wrong, allowed={}, remedy="Say what happened and why (message), and what to press (remedy):")


@pytest.mark.parametrize("part", ["message", "remedy"])
def test_every_template_can_be_filled(part):
    wrong = []
    for kind in problems():
        try:
            list(string.Formatter().parse(str(getattr(kind, part))))
        except ValueError as error:
            wrong.append(f"{name(kind)}: {error}")
    judge(wrong, allowed={}, remedy="These sentences are no format templates; double their braces:")


def buttons():
    """Everything that pages and the widget let people press, as they read it."""
    pages = [p.read_text() for p in sorted((ROOT / "templates").rglob("*.html"))]
    widget = [p.read_text() for p in sorted((ROOT / "static" / "widget").glob("*.js"))]
    python = [p.read_text() for p in python_files("apps")]
    return "\n".join([*pages, *widget, *python])


ELSEWHERE = {
    "Allow access": "Notion's own button",
}
"""Buttons of other people's pages."""

BUTTON = re.compile(r"[Pp]ress ([A-Z][a-z]+(?: [a-z]+){0,5})")


def is_shown(words, shown):
    """True when some of the words, from the first on, are a button."""
    parts = words.split()
    for length in range(len(parts), 0, -1):
        button = " ".join(parts[:length])
        if button in ELSEWHERE or any(one in shown for one in (f'"{button}"', f">{button}<", f"'{button}'")):
            return True
    return False


def test_every_remedy_names_a_button_that_exists():
    shown = buttons()
    wrong = [
        f"{name(kind)}: {words}"
        for kind in problems()
        for words in BUTTON.findall(str(kind.remedy))
        if not is_shown(words, shown)
    ]
    judge(wrong, allowed={}, remedy="No page has such a button; say it with the words of the screen:")
