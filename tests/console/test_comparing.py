"""Documents are compared as they are read: words, headings, lists and rows, without Markdown's marks."""

import pytest

from apps.console import comparing

BEFORE = """# Returns

You can return **unworn** items within [30 days](https://shop.example/returns).

- Keep the tag on.
- Use `the label`.

| Country | Price |
| --- | --- |
| Norway | €9.90 |
"""


def told(lines):
    """Each line as (what it is, its words; -gone- and +new+)."""
    marks = {"same": "{}", "gone": "-{}-", "new": "+{}+"}
    return [(line.kind, "".join(marks[part.kind].format(part.text) for part in line.parts)) for line in lines]


def test_nothing_of_markdown_is_shown_and_each_line_is_what_it_is():
    found = told(comparing.lines("", BEFORE))
    assert found == [
        ("heading", "+Returns+"),
        ("text", "+You can return unworn items within 30 days.+"),
        ("item", "+Keep the tag on.+"),
        ("item", "+Use the label.+"),
        ("row", "+Country · Price+"),
        ("row", "+Norway · €9.90+"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("30 days", "60 days", ("text", "You can return unworn items within -30-+60+ days.")),
        ("# Returns", "# Sending back", ("heading", "-Returns-+Sending back+")),
        ("the tag", "the tags", ("item", "Keep the -tag-+tags+ on.")),
        ("€9.90", "€12.90", ("row", "Norway · -€9.90-+€12.90+")),
    ],
)
def test_words_that_differ_are_marked_within_their_line(old, new, line):
    found = told(comparing.lines(BEFORE, BEFORE.replace(old, new)))
    assert line in found
    assert not any(mark in words for _kind, words in found for mark in ("**", "](", "| ---", "`"))


def test_a_link_that_leads_elsewhere_shows_where():
    found = comparing.lines(BEFORE, BEFORE.replace("shop.example/returns", "shop.example/back"))
    words = "".join(words for _kind, words in told(found))
    assert "https" in words and "-returns-" in words and "+back+" in words


def test_a_line_that_went_and_one_that_came_stand_apart():
    found = told(comparing.lines("- One\n- Two\n", "- One\n- Three is new\n- Two\n"))
    assert found == [("item", "One"), ("item", "+Three is new+"), ("item", "Two")]
    assert told(comparing.gone("# Old\n\nGone.")) == [("heading", "-Old-"), ("text", "-Gone.-")]


def test_what_only_is_written_otherwise_reads_the_same():
    assert comparing.lines("**Bold** words", "Bold words") == []


def test_a_text_cannot_forge_a_line():
    assert told(comparing.lines("", "\ue001not a heading")) == [("text", "+not a heading+")]


def test_html_stays_words():
    (line,) = comparing.lines("", "<script>alert(1)</script> & [x](javascript:alert(1))")
    assert line.parts[0].text == "<script>alert(1)</script> & [x](javascript:alert(1))"
