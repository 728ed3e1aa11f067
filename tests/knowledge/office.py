"""Office files, e-books and archives as other programs write them, made small."""

import io
import zipfile

_NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)
_SHEET = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def a_zip(members, *, compress=True):
    """An archive of these (name, or ZipInfo, to content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return out.getvalue()


def relationships(links):
    """The XML of id to (kind, target)."""
    inner = "".join(
        f'<Relationship Id="{key}" Type="{_KIND}{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if "://" in target else "/>")
        for key, (kind, target) in links.items()
    )
    return f"<Relationships>{inner}</Relationships>"


def a_pptx(slides, *, more=None):
    """A deck of slides: (XML of its shapes, its further relationships, attributes) or only the shapes."""
    slides = [slide if isinstance(slide, tuple) else (slide, {}, "") for slide in slides]
    numbers = range(1, len(slides) + 1)
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in numbers)
    members = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relationships({"rId1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": f"<p:presentation {_NS}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relationships(
            {f"rId{n}": ("slide", f"slides/slide{n}.xml") for n in numbers}
        ),
        **(more or {}),
    }
    for number, (shapes, links, attributes) in enumerate(slides, 1):
        members[f"ppt/slides/slide{number}.xml"] = (
            f"<p:sld {_NS} {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
        members[f"ppt/slides/_rels/slide{number}.xml.rels"] = relationships(links)
    return a_zip(members)


def a_shape(*paragraphs, kind="body"):
    """A placeholder of this kind, or a plain text box, with these texts."""
    place = f'<p:ph type="{kind}"/>' if kind else ""
    inner = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    return f"<p:sp><p:nvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:txBody>{inner}</p:txBody></p:sp>"


def speaker_notes(text):
    """The XML of a slide's notes."""
    return f"<p:notes {_NS}><p:cSld><p:spTree>{a_shape(text)}</p:spTree></p:cSld></p:notes>"


def a_chart(title, names, rows):
    """The XML of a chart: ``rows`` are (label, a value for each name)."""
    series = ""
    for n, name in enumerate(names, 1):
        labels = "".join(f'<c:pt idx="{i}"><c:v>{row[0]}</c:v></c:pt>' for i, row in enumerate(rows))
        values = "".join(f'<c:pt idx="{i}"><c:v>{row[n]}</c:v></c:pt>' for i, row in enumerate(rows))
        series += (
            f'<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
            f"<c:cat><c:strRef><c:strCache>{labels}</c:strCache></c:strRef></c:cat>"
            f"<c:val><c:numRef><c:numCache><c:formatCode>0%</c:formatCode>{values}</c:numCache></c:numRef></c:val></c:ser>"
        )
    heading = f"<c:title><c:tx><c:rich><a:p><a:r><a:t>{title}</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    return f"<c:chartSpace {_NS}><c:chart>{heading}<c:plotArea><c:barChart>{series}</c:barChart></c:plotArea></c:chart></c:chartSpace>"


def an_xlsx(sheets, *, formats=(), strings=(), more=None, book=""):
    """A workbook of name to XML of its rows (and what follows them); a name may be (name, state)."""
    links, listed, members = {}, "", {}
    for number, (name, rows) in enumerate(sheets.items(), 1):
        name, state = name if isinstance(name, tuple) else (name, "visible")
        links[f"rId{number}"] = ("worksheet", f"worksheets/sheet{number}.xml")
        listed += f'<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>'
        rows = rows if "<sheetData" in rows else f"<sheetData>{rows}</sheetData>"
        members[f"xl/worksheets/sheet{number}.xml"] = f"<worksheet {_SHEET}>{rows}</worksheet>"
    if strings:
        links["rIdS"] = ("sharedStrings", "sharedStrings.xml")
        inner = "".join(f"<si>{s if s.startswith('<') else f'<t>{s}</t>'}</si>" for s in strings)
        members["xl/sharedStrings.xml"] = f"<sst {_SHEET}>{inner}</sst>"
    if formats:
        links["rIdF"] = ("styles", "styles.xml")
        own = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
        styles = "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
        members["xl/styles.xml"] = (
            f"<styleSheet {_SHEET}><numFmts>{own}</numFmts>"
            f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>'
        )
    return a_zip(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relationships({"rId1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f"<workbook {_SHEET}>{book}<sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relationships(links),
            **members,
            **(more or {}),
        }
    )


def a_row(number, *cells, attributes=""):
    """A row from column A on: texts as they are; numbers; (number, style); None for nothing."""
    inner = ""
    for n, cell in enumerate(cells):
        place = f"{chr(65 + n)}{number}"
        if isinstance(cell, str):
            inner += f'<c r="{place}" t="inlineStr"><is><t>{cell}</t></is></c>'
        elif isinstance(cell, tuple):
            inner += f'<c r="{place}" s="{cell[1]}"><v>{cell[0]}</v></c>'
        elif cell is not None:
            inner += f'<c r="{place}"><v>{cell}</v></c>'
    return f'<row r="{number}" {attributes}>{inner}</row>'


def an_epub(chapters, *, title="A book", more=None):
    """A book of file name to HTML body, in this order; its table of contents names each by its file."""
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    points = "".join(
        f"<navPoint><navLabel><text>About {name}</text></navLabel><content src='{name}#top'/></navPoint>"
        for name in chapters
    )
    return a_zip(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="in/book.opf"/></rootfiles></container>',
            "in/book.opf": (
                '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
                f"<dc:title>{title}</dc:title><dc:language>de-AT</dc:language></metadata><manifest>"
                '<item id="t" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
                f"{items}</manifest><spine>{spine}</spine></package>"
            ),
            "in/toc.ncx": f"<ncx><navMap>{points}</navMap></ncx>",
            **{f"in/{name}": f"<html><body>{body}</body></html>" for name, body in chapters.items()},
            **(more or {}),
        }
    )
