"""Web pages for tests."""

from pathlib import Path

from cydqa.documents import read_document

FILES = Path(__file__).parent / "files"
PROSE = [
    "The working group agreed on a permanent mechanism under the auspices of the United Nations, delegates said.",
    "Diplomats from more than 100 states spent the week in New York negotiating the text of the report.",
    "“This is a good day for stability,” said Ambassador Keller, who chaired the talks. “The hard work starts now.”",
    "The mechanism will meet twice a year from 2026, and its secretariat will be hosted in Geneva and New York.",
    "Critics noted that the question of how international law applies was postponed once more, without a date.",
]


def paragraphs(*numbers):
    return "".join(f"<p>{PROSE[number]}</p>\n" for number in numbers)


def page(body, head=""):
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def read(tmp_path, content, name="page.html"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_document(path, name)


def blocks(document):
    return [block for block in document.text.split("\n\n") if block]
