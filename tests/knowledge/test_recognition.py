"""Scanned pages and pictures of text are read by tesseract, page by page; without it they are refused in words."""

import io
import os
import stat
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from apps.knowledge import errors, sources, syncing
from apps.knowledge.models import Source
from apps.knowledge.parsing import isolation, recognition
from berrydesk.db import leases
from tests.knowledge.files import a_pdf
from tests.knowledge.office import a_zip


@pytest.fixture(scope="module")
def parser():
    with recognition.Parser() as ready:
        yield ready


@pytest.fixture
def without_tesseract(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def a_photo(*lines, size=(1240, 700), kind="RGB"):
    """A page on which these lines are drawn, as a scanner sees it."""
    page = Image.new("RGB", size, "white")
    font = ImageFont.load_default(size=40)
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((80, 80 + number * 70), line, fill="black", font=font)
    return page.convert(kind)


def saved(page, form, **options):
    out = io.BytesIO()
    page.save(out, form, **options)
    return out.getvalue()


def a_scan(*pages):
    """A PDF of pictures, one for each (lines of a) page."""
    first, *more = [a_photo(*page) for page in pages]
    return saved(first, "PDF", save_all=True, append_images=more, resolution=150)


def carry(source, *, run_s=60):
    with leases.claim(Source, source.pk, for_s=120) as row:
        is_over = syncing.sync(row, run_s=run_s)
    source.refresh_from_db()
    return is_over


def upload(agent, name, content):
    return sources.add_files(agent, [SimpleUploadedFile(name, content)])[0]


SCAN = a_scan(
    ["Returns are accepted within thirty days.", "Boots must be unworn."],
    ["The warranty lasts two years."],
)


def test_a_scanned_pdf_is_recognised_page_by_page(parser):
    parsed = parser.parse_bytes(SCAN, name="scan.pdf")
    assert "## Page 1\n\nReturns are accepted within thirty days." in parsed.markdown
    assert "## Page 2\n\nThe warranty lasts two years." in parsed.markdown
    assert (parsed.pages, parsed.lost_pages, parsed.note) == (2, 0, None)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sign.png", saved(a_photo("Open on Sundays from nine"), "PNG")),
        ("sign.jpg", saved(a_photo("Open on Sundays from nine"), "JPEG")),
        ("sign.webp", saved(a_photo("Open on Sundays from nine"), "WEBP")),
        ("sign.tiff", saved(a_photo("Open on Sundays from nine", kind="1"), "TIFF", compression="group4")),
        ("small.png", saved(a_photo("Open on Sundays from nine").resize((620, 350)), "PNG")),
    ],
)
def test_a_picture_of_text_is_recognised(parser, name, data):
    assert "Open on Sundays from nine" in parser.parse_bytes(data, name=name).markdown


def test_every_page_of_a_fax_is_recognised(parser):
    pages = [a_photo("First page of the fax"), a_photo("Second page of the fax")]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert "## Page 2\n\nSecond page of the fax" in parser.parse_bytes(data, name="fax.tif").markdown


def test_a_transparent_picture_and_a_turned_photograph_are_read_upright(parser):
    clear = a_photo("Open on Sundays from nine", kind="RGBA")
    clear.putdata([(0, 0, 0, 255 - red) for red, _green, _blue, _alpha in clear.getdata()])
    assert "Open on Sundays" in parser.parse_bytes(saved(clear, "PNG"), name="clear.png").markdown
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = saved(a_photo("Open on Sundays from nine").rotate(90, expand=True), "JPEG", exif=exif)
    assert "Open on Sundays" in parser.parse_bytes(turned, name="turned.jpg").markdown


def test_a_photograph_holds_no_text(parser):
    noise = Image.effect_noise((600, 400), 90)
    for name, data in (
        ("grass.jpg", saved(noise, "JPEG")),
        ("white.png", saved(a_photo(), "PNG")),
        ("blank.pdf", a_pdf([""], picture=True)),
    ):
        with pytest.raises(errors.FileUnrecognised) as found:
            parser.parse_bytes(data, name=name)
        assert name in found.value.message


def test_a_page_that_holds_its_own_text_is_not_recognised_again(parser):
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for data in (a_pdf(["Written by a program, word for word."]), a_scan(["Scanned words on paper"])):
        writer.append(PdfReader(io.BytesIO(data)))
    out = io.BytesIO()
    writer.write(out)
    parsed = parser.parse_bytes(out.getvalue(), name="mixed.pdf")
    assert parsed.markdown == (
        "## Page 1\n\nWritten by a program, word for word.\n\n## Page 2\n\nScanned words on paper"
    )


def test_a_bad_picture_says_why(parser):
    large = saved(Image.new("1", (20_000, 20_000)), "PNG")
    for name, data, problem in (
        ("large.png", large, errors.TooMuchMemory),
        ("cut.png", saved(a_photo("x"), "PNG")[:900], errors.FileUnrecognised),
        ("cut.tif", b"II*\x00" + b"\xff" * 40, errors.FileBroken),
        ("text.png", b"Only words.", errors.WrongType),
    ):
        with pytest.raises(problem) as found:
            parser.parse_bytes(data, name=name)
        assert name in found.value.message
    assert parser.parse_bytes(b"Still here.", name="next.txt").markdown == "Still here."


def test_without_tesseract_a_scan_is_refused_in_words(parser, without_tesseract):
    with pytest.raises(errors.FileScanned) as found:
        parser.parse_bytes(SCAN, name="scan.pdf")
    assert "OCR" in found.value.remedy
    with pytest.raises(errors.PictureUnread) as found:
        parser.parse_bytes(saved(a_photo("x"), "PNG"), name="sign.png")
    assert "tesseract" in found.value.remedy


def test_languages_are_those_that_are_installed(settings):
    settings.BERRYDESK_OCR_LANGUAGES = "xyz"
    assert "eng" in recognition.languages().split("+")
    settings.BERRYDESK_OCR_LANGUAGES = "eng, xyz"
    assert recognition.languages() == "eng"


def a_program(folder, monkeypatch, script):
    """A tesseract that lists English and then does this instead."""
    program = folder / "tesseract"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nif '--list-langs' in sys.argv:\n    print('List:\\neng')\n    sys.exit()\n{script}"
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@pytest.mark.parametrize(
    "script",
    [
        "x = bytearray(2 * 1024 ** 3)",
        "while True: pass",
        "import os; os.kill(os.getpid(), 11)",
        "import time; time.sleep(60)",
        "open('/tmp/berrydesk-written', 'w').write('x' * 10)",
    ],
)
def test_a_recogniser_that_misbehaves_loses_one_page(monkeypatch, tmp_path, script):
    a_program(tmp_path, monkeypatch, script)
    small = isolation.Limits(memory_bytes=500 * isolation.MB, cpu_s=1, wall_s=3)
    with recognition.Parser(page_limits=small) as parser, pytest.raises(errors.FileUnrecognised):
        parser.parse_bytes(a_scan(["One"]), name="scan.pdf")
    assert not os.path.exists("/tmp/berrydesk-written") or not os.path.getsize("/tmp/berrydesk-written")


def test_an_uploaded_scan_is_recognised_in_several_runs_and_no_page_twice(agent, monkeypatch, tmp_path):
    source = upload(agent, "scan.pdf", SCAN)
    assert not carry(source, run_s=0)
    # From here on the recogniser reads something else: the first page must not be read again.
    columns = [
        "level",
        "page_num",
        "block_num",
        "par_num",
        "line_num",
        "word_num",
        "left",
        "top",
        "width",
        "height",
        "conf",
        "text",
    ]
    table = (
        "\t".join(columns)
        + "\n"
        + "\t".join(["5", "1", "1", "1", "1", "1", "0", "0", "0", "0", "95", "Otherwise"])
    )
    a_program(tmp_path, monkeypatch, f"print({table!r})")
    runs = 1
    while not carry(source, run_s=0):
        runs += 1
    assert (runs, source.status, source.learned, source.found) == (3, "ready", 1, 1)
    text = source.documents.get().text
    assert "## Page 1\n\nReturns are accepted within thirty days." in text
    assert "## Page 2\n\nOtherwise" in text


def test_stop_is_heard_between_two_pages(agent):
    source = upload(agent, "scan.pdf", SCAN)
    assert not carry(source, run_s=0)
    sources.stop(source)
    source.refresh_from_db()
    assert (source.status, source.problem["code"]) == ("failed", "stopped")


def test_scans_in_an_archive_are_recognised(agent):
    source = upload(
        agent, "scans.zip", a_zip({"a/scan.pdf": SCAN, "b.png": saved(a_photo("Open on Sundays"), "PNG")})
    )
    assert carry(source)
    assert source.learned == 2
    assert "Open on Sundays" in source.documents.get(external_id="scans.zip › b.png").text


def test_the_drawing_child_may_not_reach_out():
    with isolation.Parser(draws=True) as drawer:
        picture = drawer.drawing({}, SCAN, kind="pdf", page=2, name="scan.pdf")
        assert picture.startswith(b"\x89PNG") and Image.open(io.BytesIO(picture)).mode == "L"
        with pytest.raises(errors.FileBroken):
            drawer.drawing({}, SCAN, kind="pdf", page=3, name="scan.pdf")
