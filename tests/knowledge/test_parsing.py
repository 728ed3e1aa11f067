"""Strangers' files become Markdown or one plain sentence, and the process that reads them may die of it."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings

from apps.knowledge import errors
from apps.knowledge.parsing import isolation
from tests.knowledge.files import a_docx, a_pdf, paragraphs

SMALL = isolation.Limits(memory_bytes=400 * isolation.MB, cpu_s=2, wall_s=6, file_bytes=30 * isolation.MB)


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


def test_a_pdf_says_on_which_page_it_stands(parser):
    parsed = read(parser, a_pdf(["Returns take thirty days.", "The warranty lasts two years."]), "a.pdf")
    assert parsed.pages == 2
    assert "## Page 2\n\nThe warranty lasts two years." in parsed.markdown


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Price list 2026", "Price list 2026"),
        ("about:blank", "Warranty terms"),
        ("Untitled", "Warranty terms"),
        ("Microsoft Word - terms.docx", "Warranty terms"),
        ("C:\\Users\\ada\\terms", "Warranty terms"),
        ("/home/ada/terms", "Warranty terms"),
        ("", "Warranty terms"),
    ],
)
def test_a_pdf_is_called_by_its_heading_where_a_program_wrote_its_title(parser, told, title):
    page = "Warranty terms\nEvery kettle has a warranty of two years from the day on which you bought it."
    assert read(parser, a_pdf([page], title=told), "terms.pdf").title == title


def test_a_pdf_that_begins_with_a_sentence_has_no_title_of_its_own(parser):
    page = "Every kettle has a warranty of two years.\nKeep the receipt."
    assert read(parser, a_pdf([page], title="about:blank"), "terms.pdf").title == ""


def test_lines_that_the_page_broke_are_joined(parser):
    page = "Boots that were worn outside cannot be re-\nturned, because the soles keep the traces of\nthe street. Write to us."
    assert (
        "cannot be returned, because the soles keep the traces of the street."
        in read(parser, a_pdf([page]), "a.pdf").markdown
    )


def test_a_word_file_keeps_headings_lists_and_tables(parser):
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:styleId="H2">'
        '<w:name w:val="heading 2"/></w:style></w:styles>'
    )
    body = (
        '<w:p><w:pPr><w:pStyle w:val="H2"/></w:pPr><w:r><w:t>Returns</w:t></w:r></w:p>'
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>Unworn</w:t></w:r></w:p>'
        "<w:tbl><w:tr><w:tc>" + paragraphs("Size") + "</w:tc><w:tc>" + paragraphs("Price") + "</w:tc></w:tr>"
        "<w:tr><w:tc>" + paragraphs("42") + "</w:tc><w:tc>" + paragraphs("49 €") + "</w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:delText>Old</w:delText></w:r></w:del><w:ins><w:r><w:t>New</w:t></w:r></w:ins></w:p>"
    )
    markdown = read(parser, a_docx(body, more={"word/styles.xml": styles}), "a.docx").markdown
    assert markdown == "## Returns\n\n- Unworn\n\n| Size | Price |\n| --- | --- |\n| 42 | 49 € |\n\nNew"


def test_a_web_page_keeps_structure_and_loses_its_frame(parser):
    html = (
        "<html><head><title>Help | Shop</title></head><body><header>Logo</header><nav><a href=/>Home</a></nav><main>"
        "<h1>Help</h1><p>See <a href='/returns'>returns</a>.</p><ul><li>One<ul><li>Two</li></ul></li></ul>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table><script>evil()</script>"
        "<button aria-controls=x>Open</button><div id=x hidden>The hidden answer.</div><p hidden>Draft</p>"
        "</main><footer>Imprint</footer></body></html>"
    )
    page = parser.page(html.encode(), url="https://shop.example/help/")
    assert page.title == "Help"
    assert page.markdown == (
        "# Help\n\nSee [returns](https://shop.example/returns).\n\n- One\n  - Two\n\n"
        "| A | B |\n| --- | --- |\n| 1 | 2 |\n\nThe hidden answer."
    )
    assert ["https://shop.example/returns", True] in page.about["links"]


def test_a_page_that_marks_nothing_loses_its_navigation(parser):
    text = (
        "<p>Thirty days after the parcel arrived you may still send it back, unworn and with its label.</p>"
        * 6
    )
    html = (
        f"<html><body><div class=navbar><a href=/a>Shop all</a></div><div>{text}</div><footer>© 2026</footer>"
    )
    page = parser.page(html.encode(), url="https://shop.example/")
    assert "Thirty days" in page.markdown
    assert "Shop all" not in page.markdown and "2026" not in page.markdown


def test_markdown_loses_its_front_matter_and_its_components(parser):
    text = (
        "---\ntitle: 'Set up'\n---\nimport X from 'x'\n\n<Note>Mind `a <b>`.</Note>\n\n```\n<Kept />\n```\n"
    )
    parsed = read(parser, text.encode(), "a.mdx")
    assert parsed.title == "Set up"
    assert parsed.markdown == "Mind `a <b>`.\n\n```\n<Kept />\n```"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_read_row_by_row(parser, delimiter):
    rows = [["Name", "Price"], ["Boot, brown", "49.00"], ["Sock", "9.00"]]
    if delimiter != ",":
        rows[1][0] = "Boot brown"
    text = "\r\n".join(delimiter.join(f'"{c}"' if "," in c else c for c in row) for row in rows)
    markdown = read(parser, text.encode("utf-8-sig"), "a.csv").markdown
    assert markdown == f"Name: {rows[1][0]}\nPrice: 49.00\n\nName: Sock\nPrice: 9.00"


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "utf-16", "utf-8-sig", "iso-8859-15"])
def test_text_of_any_charset_is_text(parser, charset):
    text = (
        "Größe 42 — über den Zaun, für 5 Euro, naïve Café."
        if "1252" in charset or "utf" in charset
        else "Größe über für naïve"
    )
    assert read(parser, text.encode(charset), "a.txt").markdown == text


def test_other_alphabets_are_recognised(parser):
    text = (
        "Мы отправляем заказ в течение одного рабочего дня. Вернуть товар можно в течение тридцати дней. " * 3
    )
    assert read(parser, text.encode("cp1251"), "a.txt").markdown == text.strip()


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("empty.pdf", b"", errors.FileEmpty),
        ("blank.txt", b" \n\n ", errors.FileWithoutText),
        ("locked.pdf", a_pdf(["secret"], password="x"), errors.FileEncrypted),
        ("scan.pdf", a_pdf([""] * 3, picture=True), errors.FileScanned),
        ("blank.pdf", a_pdf([""]), errors.FileWithoutText),
        ("broken.pdf", b"%PDF-1.7\n" + os.urandom(2000), errors.FileBroken),
        ("broken.docx", a_docx(paragraphs("x"))[:200], errors.FileBroken),
        ("cut.docx", a_docx("<w:p><w:r><w:t>x"), errors.FileBroken),
        ("page.pdf", b"<!doctype html><html><body>Sign in</body></html>", errors.WrongType),
        ("paper.docx", a_pdf(["x"]), errors.WrongType),
        ("notes.txt", a_pdf(["x"]), errors.WrongType),
        ("sheet.xlsx", b"PK\x03\x04" + b"x" * 100, errors.FileBroken),
        ("photo.pdf", b"\xff\xd8\xff\xe0" + b"x" * 100, errors.WrongType),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + b"x" * 100, errors.FileBroken),
        ("photo.gif", b"GIF89a" + b"x" * 100, errors.UnknownType),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, errors.UnknownType),
        (
            "locked.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            errors.FileEncrypted,
        ),
        ("data.txt", bytes(range(256)) * 40, errors.NotText),
        ("data.csv", b"a,b\n\0\0\0\0", errors.NotText),
    ],
)
def test_what_cannot_be_read_says_why(parser, name, data, problem):
    assert refusal(parser, data, name) is problem


def test_an_old_spreadsheet_is_named_with_a_way_out(parser):
    with pytest.raises(errors.UnknownType) as found:
        read(parser, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "prices.xls")
    assert "an old Excel file" in found.value.message and "Excel (.xlsx)" in found.value.remedy


def test_a_zip_bomb_is_not_opened(parser):
    bomb = a_docx(paragraphs("x" * 100) * 400_000)
    assert len(bomb) < 1_000_000
    started = time.monotonic()
    assert refusal(parser, bomb, "bomb.docx") is errors.ZipBomb
    assert time.monotonic() - started < 5


def test_many_entries_are_not_opened(parser):
    more = {f"word/media/{n}": b"" for n in range(10_001)}
    assert refusal(parser, a_docx(paragraphs("x"), more=more), "many.docx") is errors.ZipBomb


def test_entities_are_never_expanded(parser):
    page = (
        b'<!DOCTYPE d [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>Text &x; &b;</p></body></html>'
    )
    assert "root:" not in read(parser, page, "a.html").markdown


def test_too_large_is_said_before_anything_is_read(tmp_path):
    path = tmp_path / "large.pdf"
    with open(path, "wb") as file:
        file.truncate(isolation.FILE_BYTES + 1)
    with pytest.raises(errors.FileTooLarge) as found:
        isolation.parse(path, name="large.pdf")
    assert "200 MB" in found.value.message


def test_memory_has_an_end():
    html = b"<p>" + b"<b>x</b>" * 3_000_000
    with isolation.Parser(SMALL) as parser:
        assert refusal(parser, html, "huge.html") in (errors.TooMuchMemory, errors.TooSlow)


def test_time_has_an_end():
    data = a_pdf(["x\n" * 400_000], packed=True)
    assert len(data) < 100_000
    with isolation.Parser(isolation.Limits(cpu_s=1, wall_s=60)) as parser:
        assert refusal(parser, data, "slow.pdf") is errors.TooSlow
    with isolation.Parser(isolation.Limits(cpu_s=60, wall_s=1)) as parser:
        assert refusal(parser, data, "slow.pdf") is errors.TooSlow


def test_a_child_that_is_killed_is_one_failed_document():
    with isolation.Parser() as parser:
        read(parser, b"One.", "one.txt")
        parser._child.kill()
        parser._child.wait()
        assert read(parser, b"Two.", "two.txt").markdown == "Two."


def test_a_child_killed_while_it_reads_is_one_failed_document(tmp_path):
    import threading

    with isolation.Parser() as parser:
        read(parser, b"One.", "one.txt")
        threading.Timer(0.2, parser._child.kill).start()
        big = (("a" * 40 + ",") * 3000 + "\n").encode() * 120
        with pytest.raises(errors.Unreadable):
            read(parser, big, "big.csv")
        assert read(parser, b"Two.", "two.txt").markdown == "Two."


def test_the_child_needs_neither_django_nor_our_secrets():
    program = (
        "import sys\n"
        "import apps.knowledge.parsing.child as child, apps.knowledge.parsing.kinds\n"
        "for name in ('pdf', 'docx', 'pptx', 'xlsx', 'epub', 'email', 'captions', 'html', 'text', 'sitemap'):\n"
        "    __import__(f'apps.knowledge.parsing.from_{name}')\n"
        "assert not {'django', 'berrydesk', 'celery'} & set(sys.modules), 'too much'\n"
        "child._confine(500_000_000)\n"
        "import socket, os\n"
        "for try_it in (lambda: socket.create_connection(('127.0.0.1', 1)), lambda: os.system('true'),\n"
        "               lambda: socket.getaddrinfo('example.com', 80)):\n"
        "    try:\n"
        "        try_it()\n"
        "    except PermissionError:\n"
        "        continue\n"
        "    raise SystemExit('reached out')\n"
        "try:\n"
        "    open('/tmp/never-written', 'w').write('x' * 10)\n"
        "except OSError:\n"
        "    pass\n"
        "assert not os.path.exists('/tmp/never-written') or not os.path.getsize('/tmp/never-written')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        env={"PATH": ""},
    )
    assert done.returncode == 0, done.stderr


def test_a_packed_pdf_stream_does_not_fill_the_memory(parser):
    data = a_pdf(["x" * 150_000_000], packed=True)
    with pytest.raises(errors.Unreadable):
        read(parser, data, "stream.pdf")
    assert read(parser, b"Still here.", "next.txt").markdown == "Still here."
