"""The widget stays small: a visitor on a slow line pays for every byte."""

import gzip
from pathlib import Path

WIDGET = Path(__file__).parents[2] / "static" / "widget"


def _packed(path):
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_loader_is_at_most_three_kilobytes():
    assert _packed(WIDGET / "loader.js") <= 3 * 1024


def test_the_panel_with_its_look_is_at_most_twenty_kilobytes():
    modules = [path for path in WIDGET.glob("*.js") if path.name != "loader.js"]
    assert sum(_packed(path) for path in modules) <= 20 * 1024


def test_nothing_parses_markup():
    for path in WIDGET.glob("*.js"):
        code = path.read_text()
        for word in ("innerHTML =", "insertAdjacentHTML(", "document.write(", "outerHTML ="):
            assert word not in code, f"{path.name} uses {word}"
