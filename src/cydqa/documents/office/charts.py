"""A chart -> its title, and its numbers as a table: those that the file keeps of the sheet behind it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from cydqa.documents.markdown import CELL
from cydqa.documents.office.blocks import Block
from cydqa.documents.office.xml import Element, all_text, clean, find, full, integer, value

_MOST_ROWS = 200  # more points make a curve, which nobody reads as numbers
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')  # in the format of a number
_DAYS = 2_900_000  # since 1900, in the calendar of a sheet
_YEAR_0, _YEAR_0_OF_MACS = date(1899, 12, 30), date(1904, 1, 1)


def read_chart(root: Element) -> Iterator[Block]:
    """The title, then a table for each group of series that have their categories in common."""
    chart = find(root, "c:chart")
    start = _YEAR_0_OF_MACS if value(root, "c:date1904", "val") in {"1", "true"} else _YEAR_0
    if title := _said(find(chart, "c:title"), start):
        yield Block(title, drawn=True)
    axis = _said(find(chart, "c:plotArea/c:catAx/c:title"), start) or "Category"
    groups: dict[tuple[str, ...], list[tuple[str, dict[int, str]]]] = {}
    for number, series in enumerate(() if chart is None else chart.iter(full("c:ser")), 1):
        values = _points(_either(series, "c:val", "c:yVal"), start)
        named = _labels(_either(series, "c:cat", "c:xVal"), start)
        if values:
            labels = tuple(
                named.get(index, "" if named else str(index + 1)) for index in range(min(max(values), _MOST_ROWS) + 1)
            )
            groups.setdefault(labels, []).append((_said(find(series, "c:tx"), start) or f"Series {number}", values))
    for labels, group in groups.items():
        rows = [[axis, *(name for name, _ in group)]]
        if len(labels) <= _MOST_ROWS:
            rows += [[label, *(values.get(index, "") for _, values in group)] for index, label in enumerate(labels)]
        yield Block("\n".join(CELL.join(row) for row in rows if any(row[1:])), drawn=True)


def _said(element: Element | None, start: date) -> str:
    """The text of a title or a name, which stands in it or was taken from the sheet."""
    return all_text(element) or " ".join(_points(element, start).values())


def _either(series: Element, *names: str) -> Element | None:
    return next((found for name in names if (found := find(series, name)) is not None), None)


def _labels(categories: Element | None, start: date) -> dict[int, str]:
    """The categories by their place; of those on several levels, as quarters of years, the outer before the inner."""
    levels = [] if categories is None else [_points(level, start) for level in categories.iter(full("c:lvl"))]
    if not levels:
        return _points(categories, start)
    labels = levels[0]
    for outer in levels[1:]:
        said = ""
        for index, label in labels.items():
            said = outer.get(index, said)
            labels[index] = f"{said} {label}".strip()
    return labels


def _points(element: Element | None, start: date) -> dict[int, str]:
    """The values in an element by their place, as they are shown; `start` is day 0 of the sheet's calendar."""
    points: dict[int, str] = {}
    if element is None:
        return points
    code = element.findtext(f".//{full('c:formatCode')}") or ""
    for point in element.iter(full("c:pt")):
        index, text = integer(point.get("idx")), clean(point.findtext(full("c:v")) or "")
        if index is not None and text:
            points[index] = _shown(text, point.get("formatCode") or code, start)
    return points


def _shown(text: str, code: str, start: date) -> str:
    """A number in the format of a code such as 0% or mmm-yy: dates are kept as days, and shares as parts of 1."""
    code = _LITERAL.sub("", code).lower()
    try:
        number = float(text)
    except ValueError:
        return text
    if "y" in code and 0 <= number <= _DAYS:
        day = (start + timedelta(days=number)).isoformat()
        return day if "d" in code else day[:7] if "m" in code else day[:4]
    return f"{number * 100:.15g}%" if "%" in code else f"{number:.15g}"
