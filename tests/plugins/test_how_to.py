"""The plugins of the how-to pages and their tests work as printed, and stay short."""

import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from berrydesk_sdk import testing

from apps.actions import wishes

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "write-a-plugin.md"
PAGE_OF_SOURCES = PAGE.with_name("write-a-source.md")


def blocks(page):
    """What the page prints in Python."""
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.fixture
def printed():
    """The plugin and its test, then what is added to each of them."""
    return blocks(PAGE)


def run_as_printed(page, place, plugin, its_test):
    """The page's own command was run in a Berrydesk that only ``make run`` has set up: no tool for tests but pytest."""
    toml, command = (
        re.search(pattern, page.read_text(), re.DOTALL | re.MULTILINE).group(1)
        for pattern in (r"```toml\n(\[build-system\].*?)```", r"^(\.venv/bin/python -m pytest .*?)$")
    )
    folder, files = re.search(r"```\n([\w-]+)/\n((?:  [\w.]+\n)+)```", page.read_text()).groups()
    shutil.copy(ROOT / "pyproject.toml", place)
    (place / ".venv").symlink_to(sys.prefix)
    (place / folder).mkdir()
    for name, text in zip(files.split(), (toml, plugin, its_test), strict=True):
        (place / folder / name).write_text(text)
    paths = os.pathsep.join([str(place / folder), str(ROOT / "plugins" / "berrydesk-sdk")])
    return subprocess.run(
        shlex.split(command),
        cwd=place,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_printed_plugin_is_short(printed):
    assert sum(1 for line in printed[0].splitlines() if line.strip()) <= 60


@pytest.mark.parametrize("is_whole", [False, True], ids=["as it begins", "with the look-up"])
def test_the_printed_test_passes_on_the_printed_plugin(printed, tmp_path, is_whole):
    plugin, its_test, look_up, its_further_test = printed
    if is_whole:
        plugin = f"{plugin}\n\n{look_up}"
        its_test = its_test.replace("import CancelOrder", "import CancelOrder, OrderStatus")
        its_test = f"{its_test}\n\n{its_further_test}"
    done = run_as_printed(PAGE, tmp_path, plugin, its_test)
    passed = "2 passed" if is_whole else "1 passed"
    assert done.returncode == 0 and passed in done.stdout, done.stdout + done.stderr


def test_the_printed_test_passes_on_the_printed_source(tmp_path):
    source, its_test = blocks(PAGE_OF_SOURCES)
    done = run_as_printed(PAGE_OF_SOURCES, tmp_path, source, its_test)
    assert done.returncode == 0 and "4 passed" in done.stdout, done.stdout + done.stderr


def test_the_page_counts_the_checks():
    assert f"These two run {len(testing.CHECKS)} checks" in PAGE.read_text()


def test_the_printed_look_up_is_recognised_by_its_question(printed, tmp_path, monkeypatch):
    (tmp_path / "berrydesk_printed_orders.py").write_text(f"{printed[0]}\n\n{printed[2]}")
    monkeypatch.syspath_prepend(str(tmp_path))
    orders = importlib.import_module("berrydesk_printed_orders")
    assert wishes.is_wish(orders.OrderStatus(), "Where is my order A-1001?")
    assert not wishes.is_wish(orders.CancelOrder(), "How can I cancel my order A-1001?")


def test_the_page_says_what_a_claimed_identity_means(printed):
    assert "identity = Identity.CLAIMED" in printed[0]
    assert "an anonymous visitor is asked for theirs first" in PAGE.read_text()
