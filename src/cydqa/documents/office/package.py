"""An Office file as a package: parts in a ZIP archive, relations between them, and what it says about itself.

Relations that lead out of the file (remote templates, linked pictures) are never looked at.
"""

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote

from cydqa.documents.archive import open_archive, parse_xml, read_entry
from cydqa.documents.office.xml import Element, clean
from cydqa.errors import DocumentError
from cydqa.types import Metadata

# "Strict" files say the same as all others, under other names.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/"
_NO_TITLE = re.compile(
    r"(?:microsoft (?:office )?(?:word|powerpoint)\b.*|(?:word |new )?document ?\d*|doc ?\d*|untitled.*|title|template"
    r"|(?:powerpoint[- ])?(?:presentation|präsentation|présentation) ?\d*|slide ?\d*"
    r"|.*\.(?:docx?|dotx?|pptx?|odt|pdf|indd))",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?i:(?:(?:microsoft(?: office)?|windows|office|default|local) ?)?(?:user|owner|author|admin|administrator)s? ?\d*"
    r"|unknown|anonymous|microsoft(?: corporation)?|python-docx|steve canny|apache poi|.*@.*)|[a-z0-9._-]+|\W*",
)
_OPENING = 3_000  # characters in which a document shows its title


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part says of another one: its kind ("styles", "slide") and its name."""

    kind: str
    part: str


@dataclass(frozen=True, slots=True)
class Core:
    """What the program that wrote the file says about it; None or empty where it is of no use to a reader."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None


class Package:
    """The parts of one file, by name; a name may be written in another case than the archive has it."""

    def __init__(self, content: bytes) -> None:
        self._archive = open_archive(content)
        self._entries = {_key(name): name for name in self._archive.namelist()}

    def main(self) -> str:
        """Name of the part that holds the document itself."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument":
                return relation.part
        raise DocumentError(
            "it lacks the part that holds its text.",
            hint="Open it in the program that made it and save it again.",
        )

    def root(self, part: str) -> Element:
        """The root element of a part; raises DocumentError if it is missing or no sound XML."""
        content = read_entry(self._archive, self._entries.get(_key(part), part))
        return parse_xml(_STRICT.sub(_TRANSITIONAL, content) if b"//purl.oclc.org/ooxml/" in content else content)

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part is related to inside the file, by the ids that it uses; "" is the file as a whole."""
        folder, name = posixpath.split(part)
        beside = posixpath.join(folder, "_rels", name + ".rels")
        if _key(beside) not in self._entries:
            return {}
        relations = {}
        for entry in self.root(beside):
            target = unquote(entry.get("Target") or "")
            inside = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            if entry.get("TargetMode") != "External" and _key(inside) in self._entries:
                kind = (entry.get("Type") or "").rpartition("/")[2]
                relations[entry.get("Id") or ""] = Relation(kind, inside)
        return relations

    def related(self, part: str, kind: str) -> str | None:
        """Name of the first part of a kind that `part` is related to."""
        return next((relation.part for relation in self.relations(part).values() if relation.kind == kind), None)

    def related_root(self, part: str, kind: str) -> Element | None:
        """Root of the first part of a kind that `part` is related to."""
        related = self.related(part, kind)
        return None if related is None else self.root(related)

    def core(self) -> Core:
        """What the file says about itself, as far as it can be believed."""
        root = self.related_root("", "core-properties")
        said: dict[str, str] = {}
        for entry in () if root is None else root:
            said.setdefault(entry.tag.rpartition("}")[2], clean(entry.text or ""))
        title = said.get("title", "")
        authors = [clean(author) for author in said.get("creator", "").split(";")]
        return Core(
            title=None if not title or _NO_TITLE.fullmatch(title) else title,
            authors=tuple(author for author in authors if not _NO_AUTHOR.fullmatch(author)),
            language=said.get("language") or None,
        )


def title_of(core: str | None, shown: str | None, text: str) -> str | None:
    """The title of a document: what its properties say if its first page says so too, else what it shows as one.

    The properties are often those of the file that this one was made from.
    """
    words, seen = _words(core or ""), _words(text[:_OPENING])
    return core if words and 2 * len(words & seen) >= len(words) else shown or core


def metadata_of(core: Core, declared: str | None) -> Metadata:
    """What is known of a document, whose text declares a language or does not."""
    return Metadata(authors=core.authors, language=core.language or declared)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
