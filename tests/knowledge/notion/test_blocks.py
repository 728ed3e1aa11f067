"""Every block of Notion as Markdown: structure stays structure, and what is unknown keeps its words."""

from apps.knowledge.connectors.notion import blocks
from tests.knowledge.notion.conftest import carry, text_of
from tests.peers.notion_things import block, columns, file, table, text


def written(notion, source, *made):
    """The text that a page with these blocks is learned as."""
    notion.page("Sample", *made, shared=True)
    carry(source)
    assert source.status == "ready", source.problem or list(source.documents.with_problems().values())
    return text_of(source, "Sample")


def test_headings_paragraphs_and_lists(source, notion):
    told = written(
        notion,
        source,
        block("heading_1", "Care"),
        block(
            "paragraph",
            [*text("Wax it "), *text("twice", href="https://shop.example/wax"), *text(" a year.")],
        ),
        block("heading_2", "By hand"),
        block("bulleted_list_item", "Cold water", children=[block("bulleted_list_item", "Never hot")]),
        block("bulleted_list_item", "No soap"),
        block("numbered_list_item", "Rinse"),
        block("numbered_list_item", "Dry", children=[block("paragraph", "In the shade.")]),
        block("heading_3", "Afterwards"),
        block("to_do", "Brush", checked=True),
        block("to_do", "Store", checked=False),
        block("numbered_list_item", "One again"),
    )
    assert told == (
        "# Care\n\nWax it [twice](https://shop.example/wax) a year.\n\n## By hand\n\n"
        "- Cold water\n  - Never hot\n- No soap\n\n1. Rinse\n2. Dry\n   In the shade.\n\n"
        "### Afterwards\n\n- [x] Brush\n- [ ] Store\n\n1. One again"
    )


def test_toggles_quotes_callouts_and_toggle_headings(source, notion):
    told = written(
        notion,
        source,
        block(
            "toggle", "May I return worn boots?", children=[block("paragraph", "No, unless they are faulty.")]
        ),
        block("heading_2", "Warranty", is_toggleable=True, children=[block("paragraph", "Two years.")]),
        block("quote", "Best boots.", children=[block("paragraph", "Says Vera.")]),
        block("callout", "Closed on Sundays.", icon={"type": "emoji", "emoji": "⚠️"}),
        block("divider"),
    )
    assert told == (
        "**May I return worn boots?**\n\nNo, unless they are faulty.\n\n## Warranty\n\nTwo years.\n\n"
        "> Best boots.\n> \n> Says Vera.\n\n> Closed on Sundays."
    )


def test_code_equations_tables_and_columns(source, notion):
    told = written(
        notion,
        source,
        block("code", "a = 1\n  b = 2", language="python", caption=text("How to add")),
        block("equation", expression="e=mc^2"),
        table(["Size", "EU | US"], ["M", "42"], ["L", "44"]),
        columns([block("paragraph", "Left.")], [block("paragraph", "Right.")]),
        block("paragraph", [*text("Press "), *text("Ctrl", code=True)]),
    )
    assert told == (
        "```python\na = 1\n  b = 2\n```\n\nHow to add\n\n$$e=mc^2$$\n\n"
        "| Size | EU \\| US |\n| --- | --- |\n| M | 42 |\n| L | 44 |\n\nLeft.\n\nRight.\n\nPress `Ctrl`"
    )


def test_links_are_links_pictures_their_captions_and_files_their_own_documents(source, notion):
    told = written(
        notion,
        source,
        block("bookmark", url="https://shop.example/sizes", caption=text("Size chart")),
        block("embed", url="https://maps.example/shop", caption=[]),
        block("video", type="external", external={"url": "https://www.youtube.com/watch?v=a"}, caption=[]),
        block("link_preview", url="javascript:alert(1)"),
        block(
            "image", type="file", file={"url": "https://signed.example/?sig=1"}, caption=text("A red boot")
        ),
        file("Care.txt", b"Wax the seams before winter comes, every year.", caption="How to care"),
    )
    assert told == (
        "[Size chart](https://shop.example/sizes)\n\n[https://maps.example/shop](https://maps.example/shop)\n\n"
        "[https://www.youtube.com/watch?v=a](https://www.youtube.com/watch?v=a)\n\nA red boot\n\nHow to care"
    )
    assert "seams" in text_of(source, "Care.txt")


def test_a_synced_block_is_read_where_it_is_shown_and_again_each_time(source, handbook, notion):
    original = block(
        "synced_block", synced_from=None, children=[block("paragraph", "Call 112 in an emergency.")]
    )
    notion.write(handbook.hours, original)
    copy = block("synced_block", synced_from={"type": "block_id", "block_id": original["id"]})
    told = written(notion, source, block("paragraph", "Rules."), copy)
    assert told == "Rules.\n\nCall 112 in an emergency."
    assert source.documents.get(title="Sample").version.endswith("~")
    assert not source.documents.get(title="Hours").version.endswith("~")


def test_a_copy_of_what_was_not_shared_and_one_of_itself_are_passed_over(source, notion):
    hidden = block("synced_block", synced_from=None, children=[block("paragraph", "Salaries.")])
    notion.page("Secret", hidden)
    circle = block("synced_block", synced_from=None)
    circle["children"] = [block("synced_block", synced_from={"type": "block_id", "block_id": circle["id"]})]
    away = block("synced_block", synced_from={"type": "block_id", "block_id": hidden["id"]})
    assert written(notion, source, block("paragraph", "Here."), away, circle) == "Here."


def test_what_notion_may_add_keeps_its_words_and_what_it_does_not_show_is_passed_over(source, notion):
    told = written(
        notion,
        source,
        block("unsupported"),
        block("table_of_contents", color="gray"),
        block("transcription", title=text("Monday"), children=[block("paragraph", "We open at ten.")]),
        block("heading_4", "Small print"),
        block("hologram", "See it in the round.", shape="cube"),
        block("link_to_page", type="page_id", page_id="x"),
    )
    assert told == "Monday\n\nWe open at ten.\n\n#### Small print\n\nSee it in the round."


def test_blocks_deeper_than_anybody_nests_end_somewhere():
    def below(block_id):
        return [
            {
                "id": f"{block_id}x",
                "type": "toggle",
                "toggle": {"rich_text": text("Deeper")},
                "has_children": True,
            }
        ]

    found = blocks.read("x", below)
    assert found.is_cut and found.text.count("Deeper") == blocks.DEEPEST + 1


def test_a_page_that_is_empty_now_teaches_nothing(source, handbook, notion):
    carry(source)
    notion.trash(notion.below[handbook.returns][0])
    notion.things[handbook.returns]["last_edited_time"] = "2026-11-21T10:00:00.000Z"
    from tests.knowledge.notion.conftest import sync_again

    source = sync_again(source)
    assert not source.documents.filter(external_id=handbook.returns).exists()


def test_characters_that_no_database_takes_are_left_out(source, notion):
    told = written(
        notion, source, block("paragraph", "Zero\x00 and \ud800half."), block("paragraph", "Fine.")
    )
    assert told == "Zero and half.\n\nFine."
