"""A conversation as Markdown, to be read in any viewer; nothing that is quoted becomes markup, a link or an image."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cydqa.answering import DECLINED, notes
from cydqa.references import citation_url, reference
from cydqa.saved.turns import Conversation, Turn
from cydqa.types import Answer, Citation, Disagreement, Metadata, Part

# A backslash only before what Markdown knew from the beginning; viewers differ about others, and none about entities.
# ":" matters in addresses and names of emoji, "@" in mentions, "-", "." and "=" where there are several.
_MARKUP = re.compile(
    r"(?P<slash>[\\`*_\[\]{}#]|-(?=-)|(?<=-)-|\.(?=\.)|(?<=\.)\.|(?<=www)\.|^[-+]|(?<=^\d)[.)]|"
    + "|".join(rf"(?<=^\d{{{digits}}})[.)]" for digits in range(2, 10))
    + r")|(?P<entity>[<>&~$^@]|=(?==)|(?<==)=|:(?=//)|:(?=[\w+-]+:))",
    re.IGNORECASE,
)


class _References:
    """The references of a conversation in the order of their first mention, numbered from 1."""

    def __init__(self, metadata: Mapping[str, Metadata]) -> None:
        self._metadata = metadata
        self.written: dict[str, int] = {}

    def number(self, citation: Citation) -> int:
        return self.written.setdefault(self.write(citation), len(self.written) + 1)

    def write(self, citation: Citation) -> str:
        """A reference with its address as a link."""
        text = reference(citation, metadata=self._metadata.get(citation.document_id))
        url = citation_url(citation)
        before, found, after = text.rpartition(url) if url else (text, "", "")
        return escaped(before) + (" " if found else "") + (f"<{found}>" if found else "") + escaped(after)


def conversation_markdown(
    conversation: Conversation, turns: Sequence[Turn], *, metadata: Mapping[str, Metadata] | None = None
) -> str:
    """The conversation: each question with its quotes, numbered through, and all references at the end.

    Args:
        metadata: of documents, by their ids, for the authors and the date of access in the references.
    """
    references = _References(metadata or {})
    blocks = [f"# {escaped(conversation.title)}", f"Begun on {conversation.created:%Y-%m-%d} (UTC)."]
    for number, turn in enumerate(turns, 1):
        blocks += [f"## Question {number}", f"> {escaped(turn.question)}", *_said(turn, references)]
    if references.written:
        blocks += ["## References", "\n".join(f"{n}. {text}" for text, n in references.written.items())]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Text on one line, so that Markdown shows it as it is, also at the beginning of a block."""
    return _MARKUP.sub(
        lambda found: f"\\{found[0]}" if found["slash"] else f"&#{ord(found[0])};", " ".join(text.split())
    )


def _said(turn: Turn, references: _References) -> list[str]:
    """What was said to a question, in blocks."""
    blocks = []
    if turn.documents is not None:
        blocks.append(f"Asked of these documents only: {escaped(', '.join(turn.documents))}")
    if turn.literal:
        blocks.append("Taken as it was typed, without the questions before it.")
    answer = turn.answer
    if answer is None:
        return [*blocks, escaped(f"Not answered. {turn.error}")]
    if answer.read_as:
        blocks.append(f"Read as: {escaped(answer.read_as)}")
    answer = _renumbered(answer, references)
    noted = [escaped(note) for note in notes(answer)]
    if answer.declined:
        blocks += [*noted, DECLINED]
        if answer.nearest:
            named = "\n".join(f"- {references.write(citation)}" for citation in answer.nearest)
            blocks += ["The nearest passages, which may be related:", named]
        return blocks
    quotes = " ".join(f"“{escaped(part.text)}” \\[{part.citation}\\]" for part in answer.parts)
    return [*blocks, quotes, *noted, f"Confidence that this answers the question: {answer.confidence:.0%}"]


def _renumbered(answer: Answer, references: _References) -> Answer:
    """The answer with the numbers that its citations have in the whole conversation."""
    numbers = {citation.number: references.number(citation) for citation in answer.citations}
    return replace(
        answer,
        citations=tuple(replace(citation, number=numbers[citation.number]) for citation in answer.citations),
        parts=tuple(Part(part.text, numbers[part.citation]) for part in answer.parts),
        disagreements=tuple(
            Disagreement(each.about, tuple((value, numbers[number]) for value, number in each.values))
            for each in answer.disagreements
        ),
    )
