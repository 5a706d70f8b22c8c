"""How the characters of a PDF are set: their size, weight and direction."""

import ctypes
import math
from dataclasses import dataclass
from typing import Any

_BOLD = ("bold", "black", "heavy", "demi")  # in the name of a font
_BOLD_OF_TEX = ("cmbx", "cmssbx", "cmb1", "sfbx", "ecbx", "-medi")  # Computer Modern's and Nimbus's
_PLAIN = ("regular", "roman", "italic", "oblique", "book", "light")  # whatever weight PDFium derives from their stems
_FORCED_BOLD = 1 << 18  # a font descriptor's flag
_BOLD_WEIGHT = 600
_STROKED = 2  # text render mode: filled and outlined, which looks bold


@dataclass(frozen=True, slots=True)
class Style:
    """What the characters that one object draws have in common."""

    size: float
    bold: bool
    turn: int | None  # quarter turns anticlockwise; None for slanting text


def turned(box: tuple[float, float, float, float], turn: int) -> tuple[float, float, float, float]:
    """A box (left, bottom, right, top) as seen when text that runs `turn` quarters anticlockwise is set upright."""
    left, bottom, right, top = box
    return (
        (left, bottom, right, top),
        (bottom, -right, top, -left),
        (-right, -top, -left, -bottom),
        (-top, left, -bottom, right),
    )[turn]


class Styles:
    """Size, weight and direction of characters; asked once for each object that draws text."""

    def __init__(self, text_page: Any) -> None:
        self._page = text_page
        self._known: dict[int | None, Style] = {}

    def of(self, index: int) -> Style:
        """Style of a character."""
        from pypdfium2 import raw

        drawn = ctypes.cast(raw.FPDFText_GetTextObject(self._page, index), ctypes.c_void_p).value
        if drawn not in self._known:
            self._known[drawn] = self._ask(index)
        return self._known[drawn]

    def baseline(self, index: int, turn: int) -> float:
        """Height of a character's baseline, once text of that turn is set upright."""
        from pypdfium2 import raw

        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(self._page, index, ctypes.byref(x), ctypes.byref(y))
        return (y.value, -x.value, -y.value, x.value)[turn]

    def _ask(self, index: int) -> Style:
        from pypdfium2 import raw

        matrix, flags, name = raw.FS_MATRIX(), ctypes.c_int(), ctypes.create_string_buffer(128)
        raw.FPDFText_GetMatrix(self._page, index, matrix)
        raw.FPDFText_GetFontInfo(self._page, index, name, len(name), flags)
        size = raw.FPDFText_GetFontSize(self._page, index) * math.hypot(matrix.c, matrix.d)
        mode = raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(self._page, index))
        font = name.value.decode("utf-8", "replace").lower()
        heavy = raw.FPDFText_GetFontWeight(self._page, index) >= _BOLD_WEIGHT
        bold = (
            any(word in font for word in (*_BOLD, *_BOLD_OF_TEX))
            or bool(flags.value & _FORCED_BOLD)
            or (heavy and not any(word in font for word in _PLAIN))
            or mode == _STROKED
        )
        quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        slants = abs(quarters - round(quarters)) > 0.05
        return Style(round(abs(size), 1) or 1.0, bold, None if slants else round(quarters) % 4)
