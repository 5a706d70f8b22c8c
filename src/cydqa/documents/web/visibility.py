"""What of a saved page a reader sees, or opens with a click."""

import re
from typing import Any

from cydqa.documents.web.elements import HEADINGS, drop, local_name, remove_invisible, visible_text

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPOKEN_ONLY = re.compile(  # classes of text for screen readers, which is moved off the screen
    r"(?:^|[-_\s])(?:visually-?hidden|sr-only|screen-?reader(?:-text|-only)?|element-invisible|a11y-hidden|toggle-text)"
    r"(?:$|[-_\s])",
    re.IGNORECASE,
)
_OPENED = re.compile(r"accordion|collaps|toggle|expand|reveal|faq|tab-?(?:panel|content|pane)", re.IGNORECASE)
_NEVER = {"html", "body", "main", "article"}
_LABELS = {"summary", "dt", *HEADINGS}
_PANEL = 80  # characters; what opens less is a menu or a hint


def remove_unseen(root: Any) -> None:
    """Take out of a page what no reader sees. What is only folded away stays, as do the words that unfold it."""
    remove_invisible(root)
    panels = _panels(root)
    for element in list(root.iter("*")):
        tag = local_name(element)
        if tag == "a":
            unseen = _is_sign(element)
        elif tag == "button":
            unseen = not _labels_text(element, panels)
        else:
            unseen = tag not in _NEVER and _hidden(element) and not _unfolds(element, panels)
        if unseen or (_SPOKEN_ONLY.search(element.get("class", "")) and tag not in _NEVER):
            drop(element)


def _hidden(element: Any) -> bool:
    if element.get("hidden") is not None or _HIDING.search(element.get("style", "")):
        return True
    # Hidden from screen readers only: an icon or a repetition, or else the page behind an open dialogue.
    return element.get("aria-hidden") == "true" and next(element.iter("p", *HEADINGS), None) is None


def _is_sign(link: Any) -> bool:
    """Whether a link is an ornament for the mouse: the ¶ after a heading, the ↩ after a note."""
    text = visible_text(link)
    return bool(text) and link.get("href", "").rpartition("#")[1] == "#" and not any(map(str.isalnum, text))


def _panels(root: Any) -> dict[str, Any]:
    """The parts of a page that its buttons, tabs and headings open, by id."""
    opened: set[str] = set()
    for element in root.iter("*"):
        opened.update(element.get("aria-controls", "").split())
        if element.get("data-toggle") or element.get("data-bs-toggle") or element.get("role") == "tab":
            target = element.get("href") or element.get("data-target") or element.get("data-bs-target") or ""
            opened.add(target.removeprefix("#"))
    panels = {}
    for element in root.iter("*"):
        key = element.get("id")
        if key in opened and not _is_menu(element) and len(visible_text(element)) > _PANEL:
            panels[key] = element
    return panels


def _is_menu(element: Any) -> bool:
    return any(
        local_name(above) in {"nav", "dialog"} or above.get("role") in {"navigation", "dialog", "alertdialog", "menu"}
        for above in (element, *element.iterancestors())
    )


def _labels_text(button: Any, panels: dict[str, Any]) -> bool:
    """Whether a button's words are a heading of text that it opens, rather than an order."""
    if button.get("aria-controls") in panels:
        return True
    if any(local_name(above) in _LABELS for above in button.iterancestors()):
        return True
    after = button.getnext()
    return after is not None and bool(_OPENED.search(button.get("class", ""))) and not _is_menu(button)


def _unfolds(element: Any, panels: dict[str, Any]) -> bool:
    if element.get("hidden") == "until-found" or element.get("id") in panels:
        return True
    if _is_menu(element) or len(visible_text(element)) <= _PANEL:
        return False
    before = element.getprevious()
    named = " ".join(one.get("class", "") for one in (element, element.getparent(), before) if one is not None)
    return bool(_OPENED.search(named)) or (before is not None and local_name(before) in HEADINGS)
