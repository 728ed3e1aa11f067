"""The plugin of the how-to page and its test work as printed, and stay short."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "write-a-plugin.md"


@pytest.fixture
def printed():
    """The page's two Python files: the plugin, and its test."""
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_printed_plugin_is_short(printed):
    assert sum(1 for line in printed[0].splitlines() if line.strip()) <= 60


def test_the_printed_test_passes_on_the_printed_plugin(printed, tmp_path):
    plugin, its_test = printed
    (tmp_path / "berrydesk_orders.py").write_text(plugin)
    (tmp_path / "test_orders.py").write_text(its_test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    paths = os.pathsep.join([str(tmp_path), str(ROOT / "plugins" / "berrydesk-sdk")])
    done = subprocess.run(
        [*command, "test_orders.py"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_page_says_what_a_claimed_identity_means(printed):
    assert "identity = Identity.CLAIMED" in printed[0]
    assert "an anonymous visitor is asked for theirs first" in PAGE.read_text()
