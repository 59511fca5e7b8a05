"""Small real files of each format, made byte by byte where no library is needed."""

import io
import zipfile
from itertools import accumulate

from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def pdf(*lines, title="", extra_trailer=b""):
    """Return a PDF of one page with a line of text each; without lines it is a page as a scan has it."""
    shown = b"".join(b"(%s) Tj 0 -16 Td " % line.encode("latin-1") for line in lines)
    stream = b"BT /F1 12 Tf 72 720 Td " + shown + b"ET" if lines else b"0 0 100 100 re f"
    return _pdf(stream, title, extra_trailer)


def page_pdf(*operators):
    """Return a PDF of one page that is drawn by these operators; the font is F1."""
    return _pdf("\n".join(operators).encode("latin-1"), "", b"")


def _pdf(stream, title, extra_trailer):
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (%s) >>" % title.encode("latin-1"),
    ]
    parts = [b"%PDF-1.4\n"] + [b"%d 0 obj\n%s\nendobj\n" % (number, body) for number, body in enumerate(objects, 1)]
    places = list(accumulate(map(len, parts)))
    table = b"".join(b"%010d 00000 n \n" % place for place in places[:-1])
    trailer = b"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (extra_trailer, places[-1])
    return b"".join(parts) + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer


def locked_pdf():
    """Return a PDF that opens with no password we have."""
    key = b"<" + b"5a" * 32 + b">"
    encryption = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O %s /U %s /P -44 >> /ID [<00><00>]" % (key, key)
    return pdf("Secret.", extra_trailer=encryption)


def docx(body, title=""):
    """Return a Word file with this body in WordprocessingML; the style "Heading1" is there."""
    types = f"""<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType=
        "application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml"
        ContentType="{_MAIN}.document.main+xml"/><Override PartName="/word/styles.xml"
        ContentType="{_MAIN}.styles+xml"/></Types>"""
    core = f'<c:coreProperties xmlns:c="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></c:coreProperties>'
    style = '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>'
    return archive(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": _relations("officeDocument", "word/document.xml"),
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/_rels/document.xml.rels": _relations("styles", "styles.xml"),
            "word/styles.xml": f"<w:styles {_W}>{style}</w:styles>",
            "docProps/core.xml": core,
        }
    )


def paragraph(text, style=""):
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows):
    cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def xlsx(*rows, formats=None, title="", hidden=()):
    """Return a workbook with a sheet "Fares" of these rows, and a hidden sheet of the `hidden` ones."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Fares"
    for row in rows:
        sheet.append(row)
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    workbook.properties.title = title or None
    if hidden:
        drafts = workbook.create_sheet("Drafts")
        drafts.sheet_state = "hidden"
        for row in hidden:
            drafts.append(row)
    return _saved(workbook)


def pptx(title, rows, notes=""):
    """Return a presentation of one slide with a title, a table and notes."""
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = title
    shape = slide.shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(4), Inches(4), Inches(1))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            shape.table.cell(at, column).text = text
    if notes:
        slide.notes_slide.notes_text_frame.text = notes
    return _saved(presentation)


def archive(files):
    """Return a ZIP archive of these names and texts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in files.items():
            target.writestr(name, text)
    return made.getvalue()


def claiming_size(data, size):
    """Return a ZIP archive whose first entry claims to unpack to `size` bytes."""
    place = data.index(b"PK\x01\x02") + 24
    return data[:place] + size.to_bytes(4, "little") + data[place + 4 :]


def _relations(kind, target):
    relation = f'<Relationship Id="r1" Type="{_REL}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relation}</Relationships>'


def _saved(document):
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()
