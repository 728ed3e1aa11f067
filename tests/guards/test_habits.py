"""What the project does not do, and files that stay small enough to read."""

import ast
import io
import re

import pytest
from django.core.management import call_command

from tests.guards.allowing import ROOT, judge, name_of, python_files

FORBIDDEN_IN_PYTHON = {
    r"\bpost_save\b|\bpre_save\b": "Let news travel through rows after commit, not through save signals",
    r"#\s*(TODO|FIXME|XXX)\b": "Do it or leave it out",
    r"\braise NotImplementedError\b": "Build it or leave it out",
    r"(?i)coming soon": "Show only what works",
}
FORBIDDEN_IN_JAVASCRIPT = {
    r"\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write": "Build nodes",
    r"\beval\(|new Function\(": "The policy forbids it",
}
FORBIDDEN_IN_TEMPLATES = {
    r"\|safe\b|\{%\s*autoescape off": "Let Django escape",
    r"\son(click|load|change|submit|input|error)=": "Bind behaviour by a data attribute",
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")": "Scripts are files; the policy forbids inline ones",
    r"\sstyle=": "Styles are classes; the policy forbids inline ones",
}
LONG_FILES = {}
NAMES_TO_AVOID = {"services", "utils", "helpers", "managers"}


def offenders(paths, rules):
    for path in paths:
        text = path.read_text()
        for pattern, remedy in rules.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name_of(path)}:{line}: {match.group(0).strip()} ({remedy})"


def scripts():
    return [p for p in sorted((ROOT / "static").rglob("*.js")) if "vendor" not in p.parts]


def test_python_stays_honest():
    judge(offenders(python_files(), FORBIDDEN_IN_PYTHON), allowed={}, remedy="House style:")


def test_javascript_builds_nodes():
    judge(offenders(scripts(), FORBIDDEN_IN_JAVASCRIPT), allowed={}, remedy="House style:")


def test_templates_hold_the_policy():
    templates = sorted((ROOT / "templates").rglob("*.html"))
    judge(offenders(templates, FORBIDDEN_IN_TEMPLATES), allowed={}, remedy="House style:")


def test_tests_never_patch_our_own_code():
    wrong = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in ("monkeypatch.setattr", "monkeypatch.delattr") or called.endswith(
                ("mock.patch", "patch.object")
            ):
                wrong.append(f"{name_of(path)}:{node.lineno}: {called}")
    judge(wrong, allowed={}, remedy="Pass it in, or put a peer there; never patch our own code:")


def test_files_stay_readable():
    long = [name_of(p) for p in [*python_files(), *scripts()] if p.read_text().count("\n") > 420]
    judge(long, allowed=LONG_FILES, remedy="Cut these along what they do (about 400 lines):")


def test_modules_are_named_for_what_they_do():
    wrong = [name_of(p) for p in python_files() if p.stem in NAMES_TO_AVOID]
    judge(wrong, allowed={}, remedy="Name the module for the domain thing it does:")


def test_every_module_says_what_it_is():
    wrong = [
        name_of(p)
        for p in python_files("apps", "berrydesk")
        if p.read_text().strip() and ast.get_docstring(ast.parse(p.read_text())) is None
    ]
    judge(wrong, allowed={}, remedy="Begin these with a docstring:")


@pytest.mark.django_db
def test_every_migration_is_made():
    out = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail("Run manage.py makemigrations:\n" + out.getvalue())
