"""The reliability diagram: how often the questions of each confidence were right, as an SVG image."""

from collections.abc import Sequence

from cydqa.evaluation.measures import Bin


def reliability_diagram(bins: Sequence[Bin]) -> str:
    """An SVG image: a bar for each bin, as high as the share that was right; calibrated bars end at the diagonal."""
    size, margin = 400, 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 2 * margin} {size + 2 * margin}"'
        ' font-family="sans-serif" font-size="13" fill="#222">',
        "<title>Reliability diagram</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    bottom = margin + size
    for bin_ in bins:
        x, width = margin + bin_.low * size, (bin_.high - bin_.low) * size
        if bin_.right is not None and bin_.confidence is not None:
            height = bin_.right * size
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{bottom - height:.1f}" width="{width - 2:.1f}" height="{height:.1f}"'
                ' fill="#7aa6d8"/>'
            )
            parts.append(
                f'<text x="{x + width / 2:.1f}" y="{bottom - height - 8:.1f}" text-anchor="middle">'
                f"{bin_.questions}</text>"
            )
            parts.append(
                f'<circle cx="{margin + bin_.confidence * size:.1f}" cy="{bottom - height:.1f}" r="4" fill="#1d4f91"/>'
            )
    for tenth in range(0, 11, 2):
        place = tenth * size / 10
        parts.append(f'<text x="{margin + place:.0f}" y="{bottom + 18}" text-anchor="middle">{tenth / 10}</text>')
        parts.append(f'<text x="{margin - 8}" y="{bottom - place + 4:.0f}" text-anchor="end">{tenth / 10}</text>')
    parts += [
        f'<path d="M{margin} {margin}V{bottom}H{margin + size}" fill="none" stroke="#222"/>',
        f'<path d="M{margin} {bottom}L{margin + size} {margin}" stroke="#888" stroke-dasharray="6 5"/>',
        f'<text x="{margin + size / 2}" y="{bottom + 40}" text-anchor="middle">confidence</text>',
        f'<text transform="translate(14 {margin + size / 2}) rotate(-90)" text-anchor="middle">'
        "share whose quotes hold the answer</text>",
        f'<text x="{margin + size / 2}" y="26" text-anchor="middle">'
        "bars: ten bins with their number of questions; dots: mean confidence</text>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
