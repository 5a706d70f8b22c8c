"""The only place that makes HTML. Whatever comes from documents, file names or visitors is escaped here."""

import re
from datetime import datetime
from html import escape
from pathlib import Path

STYLE = Path(__file__).with_name("page.css")

# Streamlit glides to the end of a new answer, but its beginning is read first: wait until the page is still, go there.
_SCROLL = """
<script>
(() => {
  const question = document.getElementById("question-%d");
  let last = null, still = 0;
  const settle = () => {
    const top = question.getBoundingClientRect().top;
    still = top === last ? still + 1 : 0;
    last = top;
    if (still < 20) requestAnimationFrame(settle);
    else question.scrollIntoView({ block: "start", behavior: "instant" });
  };
  if (question) settle();
})();
</script>
"""
# The input takes the focus where there is a keyboard; on a telephone that would cover half of the page.
FOCUS = """
<script>
(() => {
  if (!matchMedia("(hover: hover)").matches) return;
  let tries = 0;
  const focus = () => {
    const input = document.querySelector('[data-testid="stChatInput"] textarea');
    if (input) input.focus({ preventScroll: true });
    else if (++tries < 100) requestAnimationFrame(focus);
  };
  focus();
})();
</script>
"""
# One listener for all buttons that copy, since the buttons come and go. Without the clipboard's own interface, which
# pages from elsewhere than this machine have only over HTTPS, a field that is not seen is copied from.
COPY = """
<script>
(() => {
  if (window.cydCopies) return;
  window.cydCopies = true;
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest ? event.target.closest("button.cyd-copy") : null;
    if (!button) return;
    const label = button.textContent;
    try { await copy(button.dataset.text); button.textContent = "Copied"; }
    catch { button.textContent = "Not copied: the browser forbids it"; }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
})();
</script>
"""
_LONG = 300  # characters of a question that is shown in a box which scrolls
_MARKDOWN = str.maketrans({character: f"\\{character}" for character in r"\`*_{}[]()#+-.!|<>~$:&"})
# They reverse the direction of all that follows on the same line, also of what is not theirs.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# What Streamlit makes links, icons, emoji and arrows of after Markdown is read, where no backslash helps.
_JOINED = re.compile(r"(?<=:)(?=\S)|(?<=\bwww)(?=\.)|(?=@)|(?<=[-<>=~])(?=[-<>=~])", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # can't be seen


def plain(text: str) -> str:
    """Text for a Streamlit element that reads Markdown, so that it shows as it was typed."""
    return unlinked(" ".join(text.translate(_BIDI).split())).translate(_MARKDOWN)


def unlinked(text: str) -> str:
    """Text of which Streamlit makes no links, icons, emoji or arrows."""
    return _JOINED.sub(_WORD_JOINER, text)


def file_name(title: str) -> str:
    """A title as the name of a file to save, in every system."""
    return re.sub(r"[^\w-]+", "-", title).strip("-_")[:60] or "conversation"


def welcome(documents: int, passages: int, built: datetime) -> str:
    """What this is and what it holds."""
    return (
        '<p class="cyd-note">Ask a question. The answer is quoted word for word from'
        f" {documents} document{'s' * (documents != 1)} ({passages:,} passages, indexed on {built:%-d %B %Y}), and each"
        " quote shows the passage it comes from. Where the documents have no answer, cydqa says so.</p>"
    )


def question(text: str, turn: int) -> str:
    """What the visitor asked; `turn` counts the questions of the page."""
    title = '<h1 class="cyd-hidden">Questions and answers</h1>' if turn == 1 else ""
    long = ' cyd-long" tabindex="0' if len(text) > _LONG else ""  # it scrolls, by the keyboard, too
    return f'{title}<h2 class="cyd-question{long}" id="question-{turn}" dir="auto">{escape(text)}</h2>'


def note(text: str) -> str:
    """A line beside an answer, in our words, whatever it names."""
    return f'<p class="cyd-note" dir="auto">{escape(text.translate(_BIDI))}</p>'


def scroll_to_question(turn: int) -> str:
    """A script, free of anything that a visitor or a document says, which brings a question to the top."""
    return _SCROLL % turn


def away(url: str, text: str, name: str = "") -> str:
    """A link that opens beside the page, so that the answer stays."""
    named = f' title="{escape(name)}" aria-label="{escape(name)}"' if name else ""
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer"{named}>{escape(text)}</a>'
