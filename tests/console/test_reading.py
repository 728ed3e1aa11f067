"""A document is drawn as a page; nothing in it acts on ours."""

import pytest

from apps.console.templatetags.reading import drawn, opened


def test_headings_lists_and_tables_are_drawn():
    page = drawn("# Returns\n\n- free\n- fast\n\n| size | price |\n| --- | --- |\n| S | 10 € |\n")
    assert '<p class="document-heading document-h1">Returns</p>' in page
    assert "<li>free</li>" in page and "<td>10 €</td>" in page and "<h1" not in page


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[press](javascript:alert(1))",
        "[press](data:text/html;base64,PHNjcmlwdD4=)",
        "[press](/settings/tokens/)",
        "![alert](https://tracker.example/seen.png)",
        "<javascript:alert(1)>",
        '[press](https://a.example "x\\" onmouseover=alert(1)")',
    ],
)
@pytest.mark.parametrize("read", [drawn, opened])
def test_what_a_page_brings_along_stays_text(read, hostile):
    page = read(hostile)
    assert "<script" not in page and "<img" not in page and '<a href="/' not in page
    assert 'href="javascript' not in page and 'href="data' not in page and '" onmouseover' not in page


def test_a_link_to_the_web_opens_beside_us_and_tells_nothing():
    assert drawn("[Shop](https://shop.example)") == (
        '<p><a href="https://shop.example" rel="noopener noreferrer nofollow" target="_blank">Shop</a></p>\n'
    )


def test_what_is_opened_for_correcting_says_which_lines_it_stands_for():
    page = opened(
        "# Returns\n\nFree.\nFast.\n\n| size | price |\n| --- | --: |\n| S | 10 € |\n\n```\na < b\n```\n"
    )
    assert '<h1 data-lines="0-1">Returns</h1>' in page and '<p data-lines="2-4">' in page
    assert '<table data-lines="5-8" class="table">' in page and "style=" not in page
    assert '<pre data-lines="9-12"><code>a &lt; b' in page


def test_a_picture_keeps_its_markdown_while_its_words_are_shown():
    page = opened('![A "boot"](https://shop.example/boot.png)')
    assert 'data-source="![A &quot;boot&quot;](https://shop.example/boot.png)"' in page and "<img" not in page
