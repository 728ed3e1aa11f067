"""What an operator, an integrator or a plugin author may use stands in the documentation."""

import re

import berrydesk_sdk

from berrydesk import documenting
from tests.guards.allowing import ROOT, judge, python_files

INNER_VARIABLES = {
    "BERRYDESK_EMBEDDED": "set by the run for the processes it starts",
    "BERRYDESK_PROCESS": "set by the run for the processes it starts",
    "BERRYDESK_RUN_PID": "set by the run for the processes it starts",
}


def documentation():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text() for page in pages)


def test_every_variable_is_documented():
    used = set()
    for path in python_files("berrydesk", "apps"):
        text = path.read_text()
        used |= set(re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z_]+)\"", text))
        used |= set(re.findall(r"\"(BERRYDESK_[A-Z_]+)\"", text))
    settings = (ROOT / "docs" / "reference" / "settings.md").read_text()
    missing = {name for name in used if f"`{name}`" not in settings}
    judge(missing, allowed=INNER_VARIABLES, remedy="Explain these in docs/reference/settings.md:")


def test_every_command_is_documented():
    text = documentation()
    commands = {p.stem for p in (ROOT / "apps").rglob("management/commands/*.py") if p.stem != "__init__"}
    judge({c for c in commands if c not in text}, allowed={}, remedy="Explain these commands in docs/:")


def test_every_problem_is_documented():
    assert documenting.PROBLEMS.read_text() == documenting.problems_page(), "Run make docs"


def test_every_word_of_the_sdk_is_documented():
    text = documentation()
    hooks = {
        name
        for contract in (berrydesk_sdk.Action, berrydesk_sdk.Source)
        for name in vars(contract)
        if not name.startswith("_")
    }
    missing = {name for name in {*berrydesk_sdk.__all__, *hooks} if f"`{name}" not in text}
    judge(missing, allowed={}, remedy="Explain these in docs/reference/sdk.md:")


def test_every_variable_of_the_widget_is_documented():
    style = (ROOT / "static" / "widget" / "style.js").read_text()
    text = (ROOT / "docs" / "reference" / "widget.md").read_text()
    missing = {name for name in set(re.findall(r"--bd-[a-z-]+", style)) if f"`{name}`" not in text}
    judge(missing, allowed={}, remedy="Explain these in docs/reference/widget.md:")


def test_every_command_of_the_widget_is_documented():
    loader = (ROOT / "static" / "widget" / "loader.js").read_text()
    commands = re.search(r"const commands = \{(.*?)\n  \};", loader, re.DOTALL).group(1)
    names = set(re.findall(r"^    (\w+)[:,]", commands, re.MULTILINE))
    text = (ROOT / "docs" / "reference" / "widget.md").read_text()
    assert {"open", "close"} <= names
    missing = {name for name in names if f"`{name}`" not in text}
    judge(missing, allowed={}, remedy="Explain these in docs/reference/widget.md:")


def test_what_documents_name_exists():
    """A path of the project in a docstring or a page leads somewhere."""
    wrong = []
    for path in [*python_files(), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]:
        for named in re.findall(
            r"`+((?:apps|berrydesk|tests|docs|static|templates)/[\w./-]+\.\w+)`+", path.read_text()
        ):
            if not (ROOT / named).exists():
                wrong.append(f"{path.relative_to(ROOT)}: {named}")
    judge(wrong, allowed={}, remedy="These name files that do not exist:")
