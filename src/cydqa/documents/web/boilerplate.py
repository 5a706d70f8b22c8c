"""The main content of a web page: which of its elements and blocks are what it was written for.

Trafilatura (Barbaresi, "Trafilatura: A Web Scraping Library", ACL 2021) says where the main content stands. The
text is read from the page itself, because an extraction for statistics may drop, move and merge what a quote must
have as it stands.
"""

import re
import unicodedata
from contextlib import suppress
from itertools import islice
from typing import Any

from cydqa.documents.markdown import BULLET, CELL
from cydqa.documents.web.elements import HEADINGS, drop, local_name, visible_text
from cydqa.documents.web.markup import BREAKS, Block, flatten

_FURNITURE = {"nav", "dialog"}
_FURNITURE_ROLES = {
    *(
        "navigation",
        "banner",
        "contentinfo",
        "search",
        "dialog",
        "alertdialog",
        "menu",
        "menubar",
        "toolbar",
        "tablist",
    ),
}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_ALWAYS = {  # words in a class or id of what is no part of a text, however long
    *("cookie", "cookies", "consent", "gdpr", "onetrust", "comments", "commentlist", "respond", "disqus"),
    *("navbox", "editsection", "printfooter", "catlinks", "ambox", "breadcrumb", "breadcrumbs", "pagination"),
}
_SHORT = {  # words of what is no part of a text where it is short or full of links
    *("share", "shares", "sharing", "sharebar", "sharedaddy", "social", "addtoany", "newsletter", "subscribe"),
    *("subscription", "signup", "related", "recommended", "recommendations", "trending", "popular", "ad", "ads"),
    *("advert", "advertisement", "sponsored", "promo", "sidebar", "menu", "nav", "navigation", "pager", "skip"),
    *(
        "popup",
        "modal",
        "overlay",
        "toolbar",
        "dropdown",
        "jump",
        "toc",
        "noprint",
        "paywall",
        "masthead",
        "comment",
        "footer",
        "docnav",
        "navheader",
        "navfooter",
    ),
}
_BOX = "sidebar"  # what the style sheets of books call a box of text, and those of pages what stands beside it
_MOST_LOOKED_AT = 50  # elements of one class, and those before each
_NAMED_BY_ID = {"div", "ul", "ol", "aside", "nav", "form", "table", "footer", "header"}
_SUBJECTS = re.compile(r"\b(?:category|tag|topic|term)-\S+")  # classes that say what a post is about
_INLINE = {"span", "a", "em", "strong", "b", "i", "small", "time", "mark"}
_NOTES = re.compile(r"note|reference|citation|source|biblio", re.IGNORECASE)
_LONG = 1500  # characters outside of links; a share bar has fewer
_MOST = 0.5  # of a page's text; what holds more is the page
_LINKED = 0.8  # of a block's characters; more, and it is a menu
_MOST_ELEMENTS = 150_000  # trafilatura takes seconds for more
_LINKED_PARAGRAPH = 0.95
_TELLING = 25  # letters; a shorter line may stand on a page twice
_TOGETHER = 0.9  # of what was found must lie in the element that counts as the main content
_ENOUGH = 0.66  # of the page's text must lie there, too, or all of the page is taken
_MARKED = 0.4  # of the text around it must lie in an element that the page marks as its main content
_SMALL = 2_000  # characters; a page of fewer is taken as a whole
_NO_TEXT = re.compile(
    r"(?:share|tweet|print|e-?mail|facebook|twitter|linkedin|whatsapp|telegram|copy link|follow us|menu|search|close|"
    r"advertisement|loading\W*|read more|show more|back to top|top|skip to (?:main )?content|listen|save|"
    r"share (?:this|on|via)\b.{0,40}|print this.{0,20}|jump to .{0,20}|(?:sign|log) (?:in|up).{0,20}|\W*)",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:(?:related|recommended|more|latest|popular|trending|further) "
    r"(?:articles?|content|news|stories|posts|links|pages|topics)|"
    r"most (?:read|popular|viewed)|read (?:more|next)|you (?:may|might) also (?:like|be interested in)|"
    r"more (?:from|on) .*|"
    r"share (?:this|on).*|follow us.*|(?:sign up|subscribe)\b.*|newsletter.*|(?:\d+ )?comments?(?: \(\d+\))?|"
    r"leave a (?:reply|comment)|(?:explore|in) this section|on this page|table of contents|contents|"
    r"navigation menu)\W*",
    re.IGNORECASE,
)
_LAYOUT = re.compile(rf"^(?:{BULLET}|\d+\. )|{re.escape(CELL)}|\n", re.MULTILINE)  # what the reading text adds
_CHOICES = re.compile(r"^[^:|.•]{1,30}:\s")  # "Languages: de | en"
_MARK = re.compile(r"^(?:\d+|[A-Za-z]+)\. ")


def main_blocks(body: Any) -> list[Block]:
    """The blocks of the main content of a page without unseen elements, which is taken apart."""
    found = _Found(body)
    boxes = _text_boxes(body)
    _remove_furniture(body, found, boxes)
    blocks = [block for block in flatten(body) if block.level or not _NO_TEXT.fullmatch(block.text)]
    home = _home(body, blocks, found)
    inside = boxes.union(home.iter("*"))
    kept = [block.element in inside or (not block.level and found.holds(block.text)) for block in blocks]
    menus = [not block.level and _is_menu(block) and not found.holds(block.text) for block in blocks]
    chosen = [keep and not menu for keep, menu in zip(kept, menus, strict=True)]
    if not any(block.level == 0 for block, choice in zip(blocks, chosen, strict=True) if choice):
        return blocks  # a page of links
    _leave_out_sections(blocks, chosen, found)
    _take_headline(blocks, chosen, menus)
    return [block for block, choice in zip(blocks, chosen, strict=True) if choice]


class _Found:
    """What trafilatura takes for the main content of a page."""

    def __init__(self, body: Any) -> None:
        from trafilatura import bare_extraction

        self._text = ""
        if sum(1 for _ in body.iter("*")) > _MOST_ELEMENTS:
            return
        with suppress(Exception):  # whatever it stumbles over, the page itself can still be read as a whole
            page: Any = bare_extraction(
                body.getroottree().getroot(), favor_recall=True, include_comments=False, fast=True
            )
            self._text = _letters(" ".join(page.body.itertext()))

    def holds(self, text: str) -> bool:
        """Whether at least half of a text was found, where it is long enough to tell."""
        lines = [letters for line in text.split("\n") if len(letters := _letters(_MARK.sub("", line))) >= _TELLING]
        return 2 * sum(len(line) for line in lines if line in self._text) > sum(map(len, lines))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _remove_furniture(body: Any, found: _Found, boxes: set[Any]) -> None:
    """Drop elements that are no part of the content by their tag, role or name; what is in `boxes` is called a sidebar
    without being one.
    """
    most = _MOST * _unlinked(body)
    doomed = []
    for element in body.iterdescendants("*"):
        always, short = _suspicions(element, boxes)
        if not (always or short):
            continue
        length = _unlinked(element)
        if length > most or next(element.iter("h1", "main"), None) is not None:
            continue
        if always or (length < _LONG and not (length > _LONG // 4 and found.holds(visible_text(element)))):
            doomed.append(element)
    for element in doomed:
        drop(element)


def _text_boxes(body: Any) -> set[Any]:
    """The elements that their class calls sidebars, with all in them, where they are boxes of the text.

    They are where one of that class follows a paragraph; the sidebar of a page stands beside what holds them all.
    """
    named: dict[str, list[Any]] = {}
    for element in body.iterdescendants("*"):
        if _BOX in _words(element.get("class", "")):
            named.setdefault(element.get("class", ""), []).append(element)
    boxes: set[Any] = set()
    for alike in named.values():
        if any(map(_follows_paragraph, alike[:_MOST_LOOKED_AT])):
            boxes.update(inner for element in alike if element not in boxes for inner in element.iter("*"))
    return boxes


def _follows_paragraph(element: Any) -> bool:
    """Whether it is text, rather than links, with a paragraph before it in the same element."""
    before = islice(element.itersiblings(preceding=True), _MOST_LOOKED_AT)
    return 2 * _unlinked(element) > len(visible_text(element)) and any(map(_is_paragraph, before))


def _is_paragraph(element: Any) -> bool:
    tag = local_name(element)
    alone = tag == "p" or (tag == "div" and not any(local_name(child) in BREAKS for child in element))
    return alone and _unlinked(element) > _TELLING


def _suspicions(element: Any, boxes: set[Any]) -> tuple[bool, bool]:
    """Whether an element looks like none of the content whatever its length, and whether where it is short."""
    tag, role = local_name(element), element.get("role", "")
    if tag in {*HEADINGS, "main", "pre", "code"}:
        return False, False
    if role.startswith("doc-"):
        return False, False
    named = element.get("class", "") + " " + (element.get("id", "") if tag in _NAMED_BY_ID else "")
    words = _words(_SUBJECTS.sub("", named)) - ({_BOX} if element in boxes else set())
    if tag in _FURNITURE or role in _FURNITURE_ROLES:
        return True, True
    if tag in {"header", "footer", "aside"} and not _in_article(element):
        return True, True
    always, short = bool(words & _ALWAYS), bool(words & _SHORT)
    if tag == "article":  # whose classes are often its subjects
        return False, False
    notes = _NOTES.search(named) is not None
    return always, not notes and (tag in {"form", "footer"} or (short and tag not in _INLINE))


def _words(named: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(named)}


def _in_article(element: Any) -> bool:
    return any(local_name(above) in {"article", "main", "section"} for above in element.iterancestors())


def _unlinked(element: Any) -> int:
    """Characters of an element that are in no link."""
    return len(visible_text(element)) - sum(len(visible_text(link)) for link in element.iter("a"))


def _is_menu(block: Block) -> bool:
    """Whether a block is links; a paragraph may be little else."""
    share = _LINKED_PARAGRAPH if local_name(block.element) == "p" else _LINKED
    text = _LAYOUT.sub("", _CHOICES.sub("", block.text) if CELL in block.text else block.text)
    return block.linked > share * len(text)


def _home(body: Any, blocks: list[Block], found: _Found) -> Any:
    """The element that holds the main content: the one that the page marks as such, or else the smallest around what
    was found, or else all of the page.
    """
    weights: dict[Any, int] = {}  # characters found
    lengths: dict[Any, int] = {}  # all characters that are no menu's
    for block in blocks:
        length = 0 if block.level or _is_menu(block) else len(block.text)
        told = length if length >= _TELLING and found.holds(block.text) else 0
        for element in (block.element, *block.element.iterancestors()):
            weights[element] = weights.get(element, 0) + told
            lengths[element] = lengths.get(element, 0) + length
    enough = max(_TOGETHER * weights.get(body, 0), 1)
    home = body
    for tag in ("main", "article"):
        marked = list(home.iter(tag))
        if len(marked) == 1 and weights.get(marked[0], 0) >= enough:
            home = marked[0] if lengths[marked[0]] >= _MARKED * lengths[home] else home
    if home is not body or lengths.get(body, 0) < _SMALL:
        return home
    while inner := [child for child in home if weights.get(child, 0) >= enough]:
        home = inner[0]
    return home if lengths[home] >= _ENOUGH * lengths[body] else body


def _leave_out_sections(blocks: list[Block], chosen: list[bool], found: _Found) -> None:
    """Leave out what stands under headings such as "Related articles", and headings that have lost all their text."""
    for i, block in enumerate(blocks):
        if not block.level:
            continue
        end = next((j for j in range(i + 1, len(blocks)) if 0 < blocks[j].level <= block.level), len(blocks))
        under = range(i + 1, end)
        if _ELSEWHERE.fullmatch(block.text) and block.level > 1:
            texts = [blocks[j].text for j in under if chosen[j]]
            if not found.holds("\n".join(texts)):
                chosen[i:end] = [False] * (end - i)
        elif under and not any(chosen[j] for j in under):
            chosen[i] = False


def _take_headline(blocks: list[Block], chosen: list[bool], menus: list[bool]) -> None:
    """Add the only first-level heading of the page where it stands before the content rather than in it, with the
    paragraphs that stand beside it.
    """
    top = [i for i, block in enumerate(blocks) if block.level == 1]
    start = chosen.index(True) if True in chosen else 0
    if len(top) != 1 or top[0] >= start:
        return
    chosen[top[0]] = True
    beside = set(blocks[top[0]].element.getparent().iter("*"))
    if blocks[start].element in beside:
        return
    for i in range(top[0] + 1, start):
        block = blocks[i]
        if block.element in beside and local_name(block.element) == "p" and not menus[i]:
            chosen[i] = len(_letters(block.text)) >= _TELLING
            chosen[i - 1] |= chosen[i] and blocks[i - 1].level > 0
