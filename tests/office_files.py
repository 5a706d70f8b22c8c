"""Office files for tests: made by the libraries that people use, then edited where these can't."""

import io
import zipfile

import docx
from conftest import ROOT

from cydqa.documents import read_document

FILES = ROOT / "tests" / "files"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_SPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def saved(document):
    """The bytes of a document of python-docx or a presentation of python-pptx."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def entries(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def edited(content, **changes):
    """The file with some of its parts as functions of what they were, or, if None, left out."""
    parts = entries(content)
    for name, change in changes.items():
        found = next(part for part in parts if part.endswith(name.replace("_", ".")))
        parts[found] = change(parts[found]) if change else None
    return packed({name: part for name, part in parts.items() if part is not None})


def linked(content, beside, name, part):
    """The file with one part more, which the part `beside` knows by the id "more"."""
    folder, _, last = beside.rpartition("/")
    rels = f"{folder}/_rels/{last}.rels"
    link = f'<Relationship Id="more" Type="x/more" Target="/{name}"/></Relationships>'.encode()
    parts = entries(content)
    return packed({**parts, rels: parts[rels].replace(b"</Relationships>", link), name: part})


def wrapped(tag, inside):
    return f"<w:{tag} {_SPACES}>{inside}</w:{tag}>"


def word(*body, **parts):
    """A Word document with this body, as XML or as text of a paragraph, and with parts like footnotes="..."."""
    inside = "".join(block if block.startswith("<") else paragraph(run(block)) for block in body)
    files = entries(saved(docx.Document()))
    files["word/document.xml"] = wrapped("document", f"<w:body>{inside}</w:body>").encode()
    for name, part in parts.items():
        files[f"word/{name}.xml"] = wrapped(name, part).encode()
        link = f'<Relationship Id="x{name}" Type="{_KIND}{name}" Target="{name}.xml"/></Relationships>'.encode()
        rels = "word/_rels/document.xml.rels"
        if f'"{name}.xml"'.encode() not in files[rels]:
            files[rels] = files[rels].replace(b"</Relationships>", link)
    return packed(files)


def paragraph(*runs, properties=""):
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def run(text, properties=""):
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text, number=1, level=0):
    return paragraph(run(text), properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def heading(text, level=1):
    return paragraph(run(text), properties=f'<w:pStyle w:val="Heading{level}"/>')


def table(*rows):
    cells = (
        "".join(f"<w:tc>{cell if cell.startswith('<') else paragraph(run(cell))}</w:tc>" for cell in row)
        for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def read(tmp_path, content, name="paper.docx"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_document(path, name)


def blocks(document):
    return document.text.removesuffix("\n\n").split("\n\n")


def bodies(document):
    return [(section.path, document.text[section.start : section.end].strip()) for section in document.sections]
