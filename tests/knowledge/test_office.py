"""Slides, sheets, e-books and e-mails keep what a reader sees: headings, tables, values as they are shown."""

import pytest

from apps.knowledge import errors
from apps.knowledge.parsing import isolation
from apps.knowledge.parsing.cell_formats import shown
from tests.knowledge.files import paragraphs
from tests.knowledge.office import (
    a_chart,
    a_pptx,
    a_row,
    a_shape,
    an_epub,
    an_xlsx,
    speaker_notes,
)


@pytest.fixture(scope="module")
def parser():
    with isolation.Parser() as ready:
        yield ready


def read(parser, data, name):
    return parser.parse_bytes(data, name=name)


def refusal(parser, data, name):
    """The problem that the file ends in; the parser must be fine afterwards."""
    with pytest.raises(errors.Unreadable) as found:
        read(parser, data, name)
    assert name in found.value.message and found.value.remedy
    assert read(parser, b"Still here.", "next.txt").markdown == "Still here."
    return type(found.value)


def test_a_slide_is_a_heading_with_its_number_its_list_and_its_notes(parser):
    deck = a_pptx(
        [
            (
                a_shape("Returns", kind="title")
                + a_shape("Thirty days", "Unworn")
                + a_shape("7", kind="sldNum"),
                {"rId9": ("notesSlide", "../notesSlides/notesSlide1.xml")},
                "",
            ),
            a_shape("A box without a title", kind=""),
        ],
        more={"ppt/notesSlides/notesSlide1.xml": speaker_notes("Say that the label must be on.")},
    )
    parsed = read(parser, deck, "deck.pptx")
    assert parsed.title == "Returns"
    assert parsed.markdown == (
        "## Slide 1: Returns\n\n- Thirty days\n- Unworn\n\nNotes: Say that the label must be on.\n\n"
        "## Slide 2\n\nA box without a title"
    )


def test_tables_and_charts_of_slides_are_tables(parser):
    def row(*cells):
        return f"<a:tr>{''.join(cells)}</a:tr>"

    def cell(text, more=""):
        return f"<a:tc {more}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"

    table = row(cell("Size"), cell("Price")) + row(cell("42", 'rowSpan="2"'), cell("49 €"))
    table += row(cell("", 'vMerge="1"'), cell("59 €"))
    frame = "<p:graphicFrame><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></p:graphicFrame>"
    deck = a_pptx(
        [
            (
                frame.format(f"<a:tbl>{table}</a:tbl>") + frame.format('<c:chart r:id="rId5"/>'),
                {"rId5": ("chart", "../charts/chart1.xml")},
                "",
            )
        ],
        more={"ppt/charts/chart1.xml": a_chart("Share", ["2024", "2025"], [("Boots", 0.25, 0.5)])},
    )
    assert read(parser, deck, "deck.pptx").markdown == (
        "## Slide 1\n\n| Size | Price |\n| --- | --- |\n| 42 | 49 € |\n| 42 | 59 € |\n\n"
        "Share\n\n|  | 2024 | 2025 |\n| --- | --- | --- |\n| Boots | 25% | 50% |"
    )


def test_hidden_slides_are_left_out_and_said(parser):
    deck = a_pptx([a_shape("Seen"), (a_shape("Margins"), {}, 'show="0"')])
    parsed = read(parser, deck, "deck.pptx")
    assert "Margins" not in parsed.markdown
    assert parsed.note.message == "deck.pptx has hidden slides (2), which were left out."
    assert refusal(parser, a_pptx([(a_shape("x"), {}, 'show="0"')]), "all.pptx") is errors.AllHidden


def test_a_sheet_is_a_heading_and_its_values_are_as_shown(parser):
    rows = (
        a_row(1, "Spring prices")
        + a_row(3, "Name", "Price", "Off", "From")
        + a_row(4, "Boot", (49.9, 1), (0.15, 2), (45000, 3))
        + '<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" s="1"><f>B4*2</f><v>99.8</v></c>'
        '<c r="C5" t="b"><v>1</v></c><c r="D5" t="e"><v>#N/A</v></c></row>'
    )
    book = an_xlsx(
        {"Prices": rows},
        formats=["#,##0.00\\ &quot;€&quot;", "0%", "dd.mm.yyyy"],
        strings=["<r><t>High </t></r><r><t>boot</t></r><rPh><t>no</t></rPh>"],
    )
    assert read(parser, book, "prices.xlsm").markdown == (
        "## Prices\n\nSpring prices\n\n| Name | Price | Off | From |\n| --- | --- | --- | --- |\n"
        "| Boot | 49.90 € | 15% | 15.03.2023 |\n| High boot | 99.80 € | TRUE | #N/A |"
    )


def test_what_a_workbook_hides_is_left_out_and_said(parser):
    rows = (
        a_row(1, "Name", "Cost", "Price")
        + a_row(2, "Boot", 11, 49)
        + a_row(3, "Old", 1, 2, attributes='hidden="1"')
    )
    columns = f'<cols><col min="2" max="2" hidden="1"/></cols><sheetData>{rows}</sheetData>'
    parsed = read(parser, an_xlsx({"Prices": columns}), "prices.xlsx")
    assert parsed.markdown == "## Prices\n\n| Name | Price |\n| --- | --- |\n| Boot | 49 |"
    assert "hidden rows or columns" in parsed.note.message
    parsed = read(parser, an_xlsx({"A": a_row(1, "x"), ("Margins", "veryHidden"): a_row(1, "y")}), "a.xlsx")
    assert "Margins" in parsed.note.message and "Margins" not in parsed.markdown
    assert refusal(parser, an_xlsx({("A", "hidden"): a_row(1, "x")}), "b.xlsx") is errors.AllHidden


def test_formulas_that_were_never_counted_are_said(parser):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>Sum</t></is></c><c r="B1"><f>1+1</f></c></row>'
    parsed = read(parser, an_xlsx({"A": rows}), "a.xlsx")
    assert parsed.note.message.startswith("1 cells of a.xlsx hold formulas")


def test_merged_cells_stand_in_each_row_and_blank_rows_part_tables(parser):
    rows = (
        a_row(1, "Zone", "Country", "Price")
        + a_row(2, "EU", "Austria", 5)
        + a_row(3, None, "Italy", 6)
        + a_row(5, "US", "Ohio", 9)
        + a_row(9, "Contact", "Mail")
        + a_row(10, "Ada", "ada@shop.example")
    )
    merged = f'<sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
    assert read(parser, an_xlsx({"A": merged}), "a.xlsx").markdown == (
        "## A\n\n| Zone | Country | Price |\n| --- | --- | --- |\n| EU | Austria | 5 |\n| EU | Italy | 6 |\n"
        "| US | Ohio | 9 |\n\n| Contact | Mail |\n| --- | --- |\n| Ada | ada@shop.example |"
    )


def test_a_sheet_with_a_million_empty_rows_is_small(parser):
    far = '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>'
    rows = a_row(1, "A", "B") + a_row(2, "x", 1) + far
    merged = f'<sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert read(parser, an_xlsx({"S": merged}), "s.xlsx").markdown == (
        "## S\n\n| A | B |\n| --- | --- |\n| x | 1 |\n\n7"
    )


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("1234.5", "General", "1234.5"),
        ("4006381333931", "General", "4006381333931"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("1.005", "0.00", "1.01"),
        ("0.145", "0%", "15%"),
        ("-5.5", "#,##0.00;[Red](#,##0.00)", "(5.50)"),
        ("49.9", "[$€-407] #,##0.00", "€ 49.90"),
        ("49.9", '_-[$$-409]* #,##0.00_ ;_-[$$-409]* "-"??_ ', "$49.90"),
        ("1234567", "#,##0,", "1,235"),
        ("12345678", '[>=1000000]0.0,,"M";0', "12.3M"),
        ("1.5", "# ?/?", "1 1/2"),
        ("12345.678", "0.00E+00", "1.23E+04"),
        ("5551234567", "(000) 000-0000", "(555) 123-4567"),
        ("7", "000", "007"),
        ("7", ";;;", ""),
        ("45000.75", "yyyy-mm-dd hh:mm", "2023-03-15 18:00"),
        ("45000", "[$-F800]dddd, mmmm dd, yyyy", "Wednesday, March 15, 2023"),
        ("0.5", "h:mm AM/PM", "12:00 PM"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.0006", "mm:ss", "00:52"),
        ("1e300", "0.00", "1e300"),
        ("-1", "yyyy", "-1"),
        ("n/a", "0.00", "n/a"),
    ],
)
def test_numbers_are_shown_as_their_cells_show_them(value, code, words):
    assert shown(value, code) == words


def test_dates_counted_from_1904_are_the_same_days(parser):
    book = an_xlsx({"A": a_row(1, (1, 1))}, formats=["yyyy-mm-dd"], book='<workbookPr date1904="1"/>')
    assert "1904-01-02" in read(parser, book, "a.xlsx").markdown


def test_a_book_is_read_in_the_order_of_its_chapters(parser):
    book = an_epub(
        {"two.xhtml": "<h2>Second</h2><p>Later.</p>", "one.xhtml": "<p>First words.</p>"}, title="Care"
    )
    parsed = read(parser, book, "care.epub")
    assert (parsed.title, parsed.language) == ("Care", "de")
    assert parsed.markdown == "## Second\n\nLater.\n\n## About one.xhtml\n\nFirst words."


def test_a_book_that_its_shop_locked_is_refused_in_words(parser):
    lock = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    chapters = {"one.xhtml": "<p>First words.</p>"}
    locked = an_epub(chapters, more={"META-INF/encryption.xml": lock.format("urn:aes")})
    fonts = an_epub(
        chapters, more={"META-INF/encryption.xml": lock.format("http://www.idpf.org/2008/embedding")}
    )
    assert refusal(parser, locked, "locked.epub") is errors.BookLocked
    assert "First words." in read(parser, fonts, "fonts.epub").markdown


def test_an_email_is_its_subject_its_sender_and_its_words(parser):
    mail = (
        "From: =?utf-8?q?J=C3=BCrgen?= <j@shop.example>\r\nSubject: =?iso-8859-1?q?Gr=F6=DFe?=\r\n"
        "Date: Mon, 2 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=B6=C3=9Fe 42 passt.\r\n--x\r\n"
        "Content-Type: application/pdf; name=chart.pdf\r\nContent-Disposition: attachment\r\n\r\nx\r\n--x--\r\n"
    )
    parsed = read(parser, mail.encode(), "mail.eml")
    assert parsed.title == "Größe"
    assert parsed.markdown == (
        "# Größe\n\nFrom: Jürgen <j@shop.example>\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n\n"
        "Größe 42 passt.\n\nAttachments: chart.pdf"
    )
    assert "chart.pdf" in parsed.note.message
    assert refusal(parser, b"Only words, no headers.", "words.eml") is errors.WrongType


def test_of_two_forms_of_one_text_the_fuller_one_is_read(parser):
    mail = (
        "Subject: News\nContent-Type: multipart/alternative; boundary=x\n\n--x\nContent-Type: text/plain\n\n"
        "See it in your browser.\n--x\nContent-Type: text/html\n\n"
        "<p>Returns take <b>thirty</b> days from the day on which the parcel arrived.</p>\n--x--\n"
    )
    assert "**thirty** days" in read(parser, mail.encode(), "news.eml").markdown


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("deck.pptx", an_xlsx({"A": a_row(1, "x")}), errors.WrongType),
        ("book.xlsx", a_pptx([a_shape("x")]), errors.WrongType),
        ("text.docx", an_epub({"a.xhtml": "<p>x</p>"}), errors.WrongType),
        ("cut.pptx", a_pptx([a_shape("x" * 9000)])[:-300], errors.FileBroken),
        ("cut.xlsx", an_xlsx({"A": "<row><c>"}), errors.FileBroken),
        ("blank.xlsx", an_xlsx({"A": a_row(1, None)}), errors.FileWithoutText),
        ("blank.pptx", a_pptx([""]), errors.FileWithoutText),
        ("pictures.pptx", a_pptx([""], more={"ppt/media/image1.png": b"x"}), errors.FileScanned),
        ("blank.epub", an_epub({"a.xhtml": ""}), errors.FileWithoutText),
        ("empty.xlsx", b"", errors.FileEmpty),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            errors.FileEncrypted,
        ),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), errors.UnknownType),
        ("new.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), errors.WrongType),
    ],
)
def test_what_cannot_be_read_says_why(parser, name, data, problem):
    assert refusal(parser, data, name) is problem


def test_the_same_long_text_in_a_million_cells_is_refused(parser):
    cells = "".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, 3000))
    assert refusal(parser, an_xlsx({"A": cells}, strings=["x" * 10_000]), "bomb.xlsx") is errors.FileTooLong


def a_book_that_says(strings):
    rows = '<row><c t="s"><v>0</v></c><c><v>1</v></c></row>'
    return an_xlsx({"A": rows}, strings=["x"], more={"xl/sharedStrings.xml": strings})


def test_entities_are_never_expanded(parser):
    laughs = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    head = f'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY x SYSTEM "file:///etc/passwd">{laughs}]>'
    assert (
        refusal(parser, a_book_that_says(f"{head}<sst><si><t>&j;</t></si></sst>"), "a.xlsx")
        is errors.FileBroken
    )
    found = read(
        parser, a_book_that_says(f"{head}<sst><si><t>Seen &b; &x;</t></si></sst>"), "b.xlsx"
    ).markdown
    assert "Seen" in found and "root:" not in found and "lol" not in found


def test_a_sheet_of_very_many_rows_costs_what_it_may():
    rows = "".join(f'<row r="{n}"><c s="1"/><c><v>{n * 7919}</v></c></row>' for n in range(1, 120_001))
    with isolation.Parser(isolation.Limits(memory_bytes=500 * isolation.MB, cpu_s=1, wall_s=20)) as parser:
        assert refusal(parser, an_xlsx({"A": rows}), "rows.xlsx") is errors.TooSlow
    with isolation.Parser(isolation.Limits(memory_bytes=120 * isolation.MB)) as parser:
        one_row = f"<row>{'<c><v>1</v></c>' * 500_000}</row>"
        assert refusal(parser, an_xlsx({"A": one_row}), "row.xlsx") is errors.TooMuchMemory


def test_a_bomb_of_slides_is_not_opened(parser):
    assert refusal(parser, a_pptx([paragraphs("x" * 100) * 400_000]), "bomb.pptx") is errors.ZipBomb
