"""Files as other programs write them, made small."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def a_pdf(pages, *, password=None, picture=False, packed=False, title=""):
    """A PDF with these texts, one a page; with ``picture`` each page holds a picture instead."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        stream = DecodedStreamObject()
        if picture:
            image = DecodedStreamObject()
            image.set_data(b"\0" * 12)
            image.update(
                {
                    NameObject("/Type"): NameObject("/XObject"),
                    NameObject("/Subtype"): NameObject("/Image"),
                    NameObject("/Width"): NumberObject(2),
                    NameObject("/Height"): NumberObject(2),
                    NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
                    NameObject("/BitsPerComponent"): NumberObject(8),
                }
            )
            drawn = DictionaryObject({NameObject("/Im1"): writer._add_object(image)})
            resources[NameObject("/XObject")] = drawn
            stream.set_data(b"q 500 0 0 700 40 40 cm /Im1 Do Q")
        else:
            lines = "".join(f"({line}) Tj 0 -16 Td " for line in text.split("\n"))
            stream.set_data(f"BT /F1 12 Tf 50 780 Td {lines}ET".encode("latin-1"))
        if packed:
            stream = stream.flate_encode(9)
        page[NameObject("/Resources")] = resources
        page[NameObject("/Contents")] = writer._add_object(stream)
    if title:
        writer.add_metadata({"/Title": title})
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_docx(body, *, more=None, compress=True):
    """A Word file whose body is this XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraphs(*texts):
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
