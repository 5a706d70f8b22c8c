"""HTML and labels of the Sources page and of the build's report. Names of files may be made to mislead."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, tzinfo
from html import escape

from cydqa.ui.render import plain, unlinked

# A row is a grid: box, title and what is told of the document; on a narrow page the last goes below the title.
STYLE = """
<style>
.stMainBlockContainer:has(.st-key-cyd-documents) { max-width: 76rem; }
.st-key-cyd-documents { gap: 0; }
.cyd-head, [class*="st-key-cyd-row-"] { display: grid; grid-template-columns: 1.75rem minmax(0, 1fr) minmax(0, 40rem);
    column-gap: 0.5rem; align-items: center; padding: 0.15rem 0; }
.cyd-head { font-size: 0.85rem; font-weight: 600; padding: 0 0 0.4rem; }
.cyd-head > :first-child { grid-column: 2; }
[class*="st-key-cyd-row-"] { border-top: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
[class*="st-key-cyd-row-"] > * { min-width: 0; width: auto; }
[class*="st-key-cyd-row-"] > :nth-last-child(2) { grid-column: 2; overflow-wrap: anywhere; }
[class*="st-key-cyd-row-"] > :last-child { grid-column: 3; }
[class*="st-key-cyd-row-"] a { padding: 0.1rem 0; line-height: 1.4; }
[class*="st-key-cyd-row-"] a :is(p, span) { white-space: normal; overflow-wrap: anywhere; font-size: 1rem;
    text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.2em;
    text-decoration-color: color-mix(in srgb, currentColor 35%, transparent); }
.cyd-cells { display: grid; grid-template-columns: minmax(0, 1.3fr) 6.5rem 6.5rem 7.5rem 6.5rem; column-gap: 0.75rem;
    font-size: 0.92rem; overflow-wrap: anywhere; }
.cyd-cells .cyd-note { grid-column: 1 / -1; margin: 0.1rem 0 0.2rem; opacity: 1; }
.cyd-number { font-variant-numeric: tabular-nums; }
.cyd-state { display: inline-block; border-radius: 1rem; padding: 0 0.6rem; line-height: 1.5; white-space: nowrap;
    border: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
.cyd-state-new, .cyd-state-changed { border-color: currentColor; font-weight: 600; }
.cyd-state-failed, .cyd-state-removed { border-color: currentColor; border-style: dashed; font-weight: 600; }
.cyd-untitled { margin: 0; overflow-wrap: anywhere; padding: 0.1rem 0; font-size: 1rem; line-height: 1.4; }
@media (max-width: 60rem) {
  .cyd-head { display: none; }
  [class*="st-key-cyd-row-"] { grid-template-columns: 1.75rem minmax(0, 1fr); padding: 0.55rem 0;
    align-items: start; row-gap: 0.1rem; }
  [class*="st-key-cyd-row-"] > :last-child { grid-column: 2; }
  .cyd-cells { display: flex; flex-wrap: wrap; gap: 0.15rem 0.9rem; }
  .cyd-cells > :empty { display: none; }
  .cyd-cells .cyd-note { flex-basis: 100%; }
}
</style>
"""
# Marks that reverse the direction of what follows, and characters that show as nothing.
_DECEPTIVE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_CHARACTERS = 200
_ACTS = re.compile(r"[\\`*_\[\]<!~$&]|:(?=\S)")


def visible(name: str) -> str:
    """A name with every character to be seen as it is; a very long one loses its middle."""
    shown = "".join(
        f"\\u{ord(letter):04x}" if unicodedata.category(letter) in _DECEPTIVE else letter for letter in name
    )
    half = _MOST_CHARACTERS // 2
    return shown if len(shown) <= _MOST_CHARACTERS else f"{shown[:half]}…{shown[-half:]}"


def label(name: str) -> str:
    """A name for a Streamlit element that reads Markdown."""
    return plain(visible(name))


def spoken(name: str) -> str:
    """A label that is not seen but read aloud with its backslashes: only what Markdown would act on has one."""
    return _ACTS.sub(r"\\\g<0>", unlinked(" ".join(visible(name).split())))


def reasons(found: Mapping[str, str], most: int) -> str:
    """A Markdown list of names, each with what is said of it."""
    lines = [f"- **{label(name)}**: {label(reason)}" for name, reason in list(found.items())[:most]]
    return "\n".join([*lines, *_more(len(found) - most)])


def names(found: tuple[str, ...], most: int) -> str:
    """A Markdown list of names."""
    return "\n".join([*(f"- {label(name)}" for name in found[:most]), *_more(len(found) - most)])


def _more(left: int) -> list[str]:
    return [f"- and {left:,} more"] if left > 0 else []


def head() -> str:
    """The names of the columns; each cell says by itself what it is, so they are for the eyes alone."""
    columns = "".join(f"<span>{name}</span>" for name in ("Kind", "Length", "Passages", "Added", "State"))
    return f'<div class="cyd-head" aria-hidden="true"><span>Title</span><span class="cyd-cells">{columns}</span></div>'


def untitled(title: str) -> str:
    """The title of a document that can't be read on the page."""
    return f'<p class="cyd-untitled">{escape(visible(title))}</p>'


def cells(*, kind: str, length: str, passages: str, added: str, state: str, note: str) -> str:
    """What is told of a document besides its title."""
    told = f'<p class="cyd-note">{escape(visible(note) if len(note) < _MOST_CHARACTERS else note)}</p>' if note else ""
    return (
        f'<div class="cyd-cells"><span>{escape(visible(kind))}</span><span class="cyd-number">{escape(length)}</span>'
        f'<span class="cyd-number">{escape(passages)}</span><span class="cyd-number">{escape(added)}</span>'
        f'<span><span class="cyd-state cyd-state-{escape(state)}">{escape(state)}</span></span>{told}</div>'
    )


def size(count: int) -> str:
    """A number of bytes for people."""
    amount = float(count)
    for unit in ("bytes", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def counted(count: int, what: str) -> str:
    """A number and what it counts, in the plural where that is due."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def day(when: datetime, zone: tzinfo) -> str:
    """A date as people write it."""
    local = when.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def moment(when: datetime, zone: tzinfo) -> str:
    """A date and a time of day."""
    local = when.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"
