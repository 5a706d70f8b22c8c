"""Pages of a PDF as pictures on which a slice of its text is marked."""

import ctypes
import io
import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from cydqa.documents.pdf.characters import opened, page_of
from cydqa.types import CharacterRun, PageImage

Box: TypeAlias = tuple[int, int, int, int]
_MOST_PIXELS = 16_000_000
_YELLOW = (255, 230, 110)
_SPACE = 1.6  # of a line's height: characters nearer than that are marked in one stroke
_SHARED = 0.6  # of a line's height: characters of a line have so much of it in common


def mark_pages(
    content: bytes,
    characters: Sequence[CharacterRun],
    start: int,
    end: int,
    *,
    width: int = 1200,
    only: int | None = None,
) -> list[PageImage]:
    """One picture for each page that `text[start:end]` touches, `width` pixels wide unless it is very long.

    Args:
        only: draw this page and no other, also where nothing is marked on it.

    Raises:
        DocumentError: like `pdf.extract`.
    """
    wanted: dict[int, list[int]] = {}
    for run in characters:
        first, last = max(start, run.start), min(end, run.start + run.length)
        wanted.setdefault(run.page, []).extend(range(run.first + first - run.start, run.first + last - run.start))
    wanted = {page: indices for page, indices in sorted(wanted.items()) if indices}
    if only is not None:
        wanted = {only: wanted.get(only, [])}
    if not wanted:
        return []
    with opened(content) as document:
        return [_marked(document, page, indices, width) for page, indices in wanted.items()]


def _marked(document: Any, number: int, indices: Sequence[int], width: int) -> PageImage:
    from PIL import Image, ImageChops

    with page_of(document, number) as (page, text_page):
        wide, high = page.get_size()
        scale = min(width / wide, math.sqrt(_MOST_PIXELS / (wide * high)), _MOST_PIXELS**0.5 / max(wide, high) * 4)
        bitmap = page.render(scale=scale, may_draw_forms=False)
        picture = bitmap.to_pil().convert("RGB")
        bitmap.close()
        marks = _strokes(_box(page, text_page, index, picture.size) for index in indices)
    for mark in marks:
        part = picture.crop(mark)
        picture.paste(ImageChops.multiply(part, Image.new("RGB", part.size, _YELLOW)), mark)  # the text stays dark
    png = io.BytesIO()
    picture.save(png, "PNG")
    return PageImage(number, png.getvalue(), marks)


def _box(page: Any, text_page: Any, index: int, size: tuple[int, int]) -> Box:
    """A character's box in pixels, whichever way the page is turned."""
    from pypdfium2 import raw

    rectangle = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page.raw, index, rectangle)
    across, down = ctypes.c_int(), ctypes.c_int()
    corners = []
    for x, y in ((rectangle.left, rectangle.top), (rectangle.right, rectangle.bottom)):
        raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, across, down)
        corners.append((min(max(across.value, 0), size[0]), min(max(down.value, 0), size[1])))
    (a, b), (c, d) = corners
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _strokes(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The boxes of characters in the order of the text; neighbours on a line become one."""
    strokes: list[Box] = []
    last: Box | None = None
    for box in boxes:
        left, top, right, bottom = box
        if left >= right or top >= bottom:
            continue
        if last is not None and _are_neighbours(last, box):
            a, b, c, d = strokes[-1]
            strokes[-1] = min(a, left), min(b, top), max(c, right), max(d, bottom)
        else:
            strokes.append(box)
        last = box
    return tuple(strokes)


def _are_neighbours(box: Box, following: Box) -> bool:
    """Whether two characters follow one another on a line that runs across or, on a turned page, up or down."""
    for along, over in ((0, 1), (1, 0)):
        height = min(box[over + 2] - box[over], following[over + 2] - following[over])
        shared = min(box[over + 2], following[over + 2]) - max(box[over], following[over])
        apart = max(box[along], following[along]) - min(box[along + 2], following[along + 2])
        if shared > _SHARED * height and apart < _SPACE * height:
            return True
    return False
