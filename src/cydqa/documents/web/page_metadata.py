"""What a web page says about itself: title, address, publisher, authors, date, language."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from cydqa.documents.web.elements import local_name, one_line, visible_text
from cydqa.types import Metadata

_SAVED_FROM = re.compile(r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(\S+)")
_HEAD = 10_000  # characters within which a browser says where it saved a page from
_MOST_URL = 2_000
_MOST_JSON = 1_000_000  # characters
_ISO = re.compile(r"([12]\d{3})(?:[-/.]?(\d\d)(?:[-/.]?(\d\d))?)?(?:[T\s].*)?")
_SEPARATOR = re.compile(r"\s+(?:[|\-–—·•:]|::|»|«|›|/)\s+|\s*\|\s*")
_TITLES = ("og:title", "citation_title", "dc.title", "dcterms.title", "twitter:title")
_AUTHORS = ("citation_author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_PUBLISHERS = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "application-name")
_DATES = (
    *("article:published_time", "citation_publication_date", "citation_date", "datepublished", "date", "pubdate"),
    *("dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dc.date.created", "dcterms.created"),
    *("parsely-pub-date", "publish-date", "publication_date", "og:published_time"),
)


def page_metadata(root: Any, text: str) -> tuple[str | None, Metadata]:
    """The title that the head of a page gives, without the site's name, and its metadata.

    Args:
        root: the page with its head and its scripts.
        text: the page's characters, for what a browser wrote above it.
    """
    said = _meta(root)
    linked = list(_linked_data(root))
    saved = _SAVED_FROM.search(text[:_HEAD])
    urls = [link.get("href", "") for link in root.iter("link") if link.get("rel", "").lower() == "canonical"]
    urls += [*said.get("og:url", ()), *([saved[1]] if saved else [])]
    url = next(filter(None, map(web_address, urls)), None)
    publisher = next(_first(said, _PUBLISHERS), None) or next(_names(linked, "publisher"), None)
    authors = next((names for key in _AUTHORS if (names := _persons(said.get(key, ())))), None)
    metadata = Metadata(
        url=url,
        publisher=publisher,
        authors=authors or _persons(_names(linked, "author")),
        published=_published(root, said, linked),
        language=one_line(root.get("lang") or root.get("xml:lang") or "") or None,
    )
    heads = [visible_text(title) for title in root.iter("title") if _in_head(title)]
    sites = tuple(filter(None, (publisher, *said.get("og:site_name", ()), *said.get("application-name", ()))))
    titles = (without_site(title, sites, url) for title in (*_first(said, _TITLES), *heads))
    return next(filter(None, titles), None), metadata


def web_address(value: str) -> str | None:
    """An address that a browser opens, or None: never a script, a file or a part of an address."""
    value = value.strip()
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(value) > _MOST_URL:
        return None
    return value if value.isprintable() and not re.search(r"[\s<>\"\\]", value) else None


def iso_date(value: str) -> str | None:
    """A date as ISO 8601, as exact as it was given; None for what could be read in two ways."""
    value = one_line(value)
    if match := _ISO.fullmatch(value):
        year, month, day = match[1], match[2], match[3]
        try:
            date(int(year), int(month or 1), int(day or 1))
        except ValueError:
            return None
        return "-".join(filter(None, (year, month, day)))
    for pattern in ("%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%a, %d %b %Y"):
        try:
            return datetime.strptime(" ".join(value.split()[:4]), pattern).date().isoformat()
        except ValueError:
            continue
    return None


def _meta(root: Any) -> dict[str, list[str]]:
    """What the <meta> elements say, by name in lower case."""
    said: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if content := one_line(element.get("content", "")):
            said.setdefault(name.lower(), []).append(content)
    return said


def _first(said: dict[str, list[str]], names: Iterable[str]) -> Iterator[str]:
    return (said[name][0] for name in names if name in said)


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """The objects of a page's JSON-LD, outermost first."""
    for script in root.iter("script"):
        if "ld+json" not in script.get("type", "").lower() or len(script.text or "") > _MOST_JSON:
            continue
        try:
            waiting = [json.loads(script.text or "")]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, list):
                waiting = [*value, *waiting]
            elif isinstance(value, dict):
                yield value
                waiting.extend(value.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage"))


def _names(linked: list[dict[str, Any]], key: str) -> Iterator[str]:
    for thing in linked:
        values = thing.get(key)
        for value in values if isinstance(values, list) else [values]:
            name = value.get("name") if isinstance(value, dict) else value
            if isinstance(name, str) and one_line(name):
                yield one_line(name)


def _persons(names: Iterable[str]) -> tuple[str, ...]:
    """Names in their order, once each, without what is an address or an account instead of a name."""
    return tuple(dict.fromkeys(name for name in names if "://" not in name and not name.startswith("@")))


def _published(root: Any, said: dict[str, list[str]], linked: list[dict[str, Any]]) -> str | None:
    dates = [value for name in _DATES for value in said.get(name, ())]
    dates += [value for thing in linked if isinstance(value := thing.get("datePublished"), str)]
    times = list(root.iter("time"))
    marked = [time for time in times if time.get("pubdate") is not None or time.get("itemprop") == "datePublished"]
    stated = {iso_date(time.get("datetime", "")) for time in marked or times}
    if len(stated) == 1:
        dates += filter(None, stated)
    return next(filter(None, map(iso_date, dates)), None)


def _in_head(title: Any) -> bool:
    """Whether it is the page's title rather than a picture's."""
    return all(local_name(above) != "svg" for above in title.iterancestors())


def without_site(title: str, sites: tuple[str, ...], url: str | None) -> str:
    """A title without the site's name before or after it; empty where it is nothing else."""
    host = re.sub(r"\W", "", (urlsplit(url).hostname or "") if url else "")
    names = {_letters(site) for site in sites}

    def names_site(part: str) -> bool:
        letters = _letters(part)
        return letters in names or (len(letters) > 3 and letters in host)

    if names_site(title):
        return ""
    separators = list(_SEPARATOR.finditer(title))
    if separators and names_site(title[separators[-1].end() :]):
        return title[: separators[-1].start()]
    if separators and names_site(title[: separators[0].start()]):
        return title[separators[0].end() :]
    return title


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
