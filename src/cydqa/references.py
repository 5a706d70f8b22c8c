"""Citations as references: one formatted for people, all of an answer as BibTeX or CSL-JSON for reference managers.

Zotero reads both. What is written here is what its importers keep: the BibTeX becomes items with a note that holds the
quotes; the CSL-JSON becomes items whose "Extra" field names the sections.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from cydqa.types import Citation, Metadata

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?")
_KEY_LENGTH = 40  # characters of a document's name, at most
_STOPPED = re.compile(r"[.?!…][)\]”’\"']*$")
# TeX's special characters, braces balanced also for a reader that doesn't know the backslash; as Zotero writes them.
_TEX = {
    "\\": r"{\textbackslash}",
    "{": r"\{\vphantom{\}}",
    "}": r"\vphantom{\{}\}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
} | {character: f"\\{character}" for character in "&%$#_"}
_TEX_SPECIAL = re.compile(r"[\\{}~^<>|&%$#_]|-(?=-)")


def reference(citation: Citation, *, metadata: Metadata | None = None, accessed: str | None = None) -> str:
    """One reference in plain text: authors, title, publisher and date, section and page, and where it is found.

    Args:
        metadata: of the document, for what a citation does not say: its authors, and when it was accessed.
        accessed: when the address was looked at, instead of what the metadata says.
    """
    metadata = metadata or Metadata()
    published = ", ".join(filter(None, (_line(citation.publisher), _line(citation.published))))
    stated = ("; ".join(_authors(metadata)), _title(citation), published, place(citation))
    accessed = _line(accessed or metadata.accessed)
    found = citation_url(citation) or citation.document_id
    when = f" (accessed {accessed})" if accessed and citation_url(citation) else ""
    return " ".join([*(_sentence(part) for part in stated if part), found + when])


def place(citation: Citation) -> str:
    """The section path and, for a document with pages, the page; "" for neither."""
    path = " › ".join(filter(None, map(_line, citation.section)))
    page = "" if citation.page is None else f"page {citation.page}"
    return f"{path}, {page}" if path and page else path or page.capitalize()


def citation_url(citation: Citation) -> str:
    """The address of the original where it is one of the web, else ""; without characters that end an address."""
    url = (citation.url or "").strip()
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~") if url.lower().startswith(("https://", "http://")) else ""


def bibtex(citations: Iterable[Citation], *, metadata: Mapping[str, Metadata] | None = None) -> str:
    """The documents cited as BibTeX, one entry each, in UTF-8; the quotes are annotations.

    Args:
        metadata: by document id, where there is any.
    """
    entries = []
    for cited in _by_document(citations):
        first = cited[0]
        known = (metadata or {}).get(first.document_id, Metadata())
        url, published, accessed = citation_url(first), _line(first.published), _line(known.accessed)
        values = {
            "author": " and ".join(map(_tex_name, _authors(known))),
            "title": f"{{{_tex(_title(first))}}}",  # the second pair of braces keeps the capitals
            ("organization" if url else "publisher"): _tex(_line(first.publisher)),
            "date": _iso(published),
            "year": _iso(published)[:4] or _tex(published),  # styles older than biblatex know no date
            # Importers read an address as TeX; all of these may be written in the other way.
            "url": url.replace("~", "%7E").replace("$", "%24").replace("--", "-%2D"),
            "urldate": _iso(accessed)[:10] if url else "",
            "annote": _tex("; ".join(_quoted(cited))),
        }
        fields = "".join(f",\n  {name} = {{{value}}}" for name, value in values.items() if value)
        entries.append(f"@{'online' if url else 'misc'}{{{_key(first.document_id)}{fields}\n}}\n")
    return "\n".join(entries)


def csl_json(citations: Iterable[Citation], *, metadata: Mapping[str, Metadata] | None = None) -> str:
    """The documents cited as an array of CSL-JSON items, one each.

    Args:
        metadata: by document id, where there is any.
    """
    items = []
    for cited in _by_document(citations):
        first = cited[0]
        known = (metadata or {}).get(first.document_id, Metadata())
        url = citation_url(first)
        sections = "; ".join(dict.fromkeys(filter(None, map(place, cited))))
        item: dict[str, Any] = {
            "id": _key(first.document_id),
            "type": "webpage" if url else "document",
            "title": _title(first),
            "author": [_csl_name(name) for name in _authors(known)],
            # A web page has no publisher in Zotero, but a site; given twice, some styles would print it twice.
            ("container-title" if url else "publisher"): _line(first.publisher),
            "issued": _csl_date(_line(first.published)),
            "URL": url,
            "accessed": _csl_date(_line(known.accessed)) if url else None,
            # citeproc reads "{:name: value}" in a note as another field of the item.
            "note": f"Quoted: {sections}".replace("{:", "{ :") if sections else "",
            "annote": "\n".join(_quoted(cited)),
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _by_document(citations: Iterable[Citation]) -> list[list[Citation]]:
    cited: dict[str, list[Citation]] = {}
    for citation in citations:
        cited.setdefault(citation.document_id, []).append(citation)
    return list(cited.values())


def _key(document_id: str) -> str:
    """The same for a document wherever it is cited: a readable name, and a hash that tells it from others."""
    stem = document_id.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    ascii_only = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower())[:_KEY_LENGTH].strip("-")
    digest = hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name or 'document'}-{digest}"


def _quoted(cited: Sequence[Citation]) -> list[str]:
    lines = []
    for citation in cited:
        where = place(citation)
        lines.append(f"“{_line(citation.quote)}”" + (f" ({where})" if where else ""))
    return list(dict.fromkeys(lines))


def _title(citation: Citation) -> str:
    return _line(citation.title) or citation.document_id


def _authors(metadata: Metadata) -> list[str]:
    return list(filter(None, map(_line, metadata.authors)))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _sentence(text: str) -> str:
    return text if _STOPPED.search(text) else f"{text}."


def _name_parts(name: str) -> tuple[str, str] | None:
    """Family and given name of an author written with a comma. How another name divides is not guessed."""
    family, comma, given = (part.strip() for part in name.partition(","))
    return (family, given) if comma and family and given and "," not in given else None


def _tex_name(name: str) -> str:
    return ", ".join(f"{{{_tex(part)}}}" for part in _name_parts(name) or (name,))


def _csl_name(name: str) -> dict[str, str]:
    parts = _name_parts(name)
    return {"family": parts[0], "given": parts[1]} if parts else {"literal": name}


def _tex(text: str) -> str:
    return _TEX_SPECIAL.sub(lambda found: _TEX.get(found[0], "-{}"), text)  # "--" would be a dash


def _iso(text: str) -> str:
    """A date as it stands, without a time, if it is one of ISO 8601, else ""."""
    return "-".join(f"{number:02}" if place else f"{number:04}" for place, number in enumerate(_date_parts(text)))


def _date_parts(text: str) -> list[int]:
    found = _ISO.fullmatch(text)
    if not found:
        return []
    parts = [int(part) for part in found.groups() if part]
    try:
        date(*[*parts, 1, 1][:3])
    except ValueError:
        return []
    return parts


def _csl_date(text: str) -> dict[str, Any] | None:
    parts = _date_parts(text)
    return {"date-parts": [parts]} if parts else {"literal": text} if text else None
