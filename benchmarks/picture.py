"""The table as bars, in SVG."""

from collections.abc import Iterable, Mapping

_COLOURS = {"ours": "#2563eb", "floor": "#94a3b8", "plain": "#d97706"}
_BAR, _LEFT, _WIDTH = 13, 110, 460


def picture(
    medians: Mapping[tuple[str, str, str], list[float]],
    kinds: Mapping[str, str],
    cases: Iterable[str],
    samples: int,
) -> str:
    """Milliseconds of CPU until the first answer of a fresh process."""
    shown = [case for case in cases if (case, "ours", "cold") in medians]
    most = max(medians[case, kind, "cold"][0] for case in shown for kind in kinds)
    parts, y = [], 34
    for case in shown:
        parts.append(_text(8, y + 24, case))
        for kind in kinds:
            value = medians[case, kind, "cold"][0]
            width = round(_WIDTH * value / most)
            parts.append(
                f'<rect x="{_LEFT}" y="{y}" width="{width}" height="{_BAR - 2}" '
                f'fill="{_COLOURS[kind]}"/>'
            )
            parts.append(_text(_LEFT + width + 5, y + 10, f"{kinds[kind]} {value:.0f}"))
            y += _BAR
        y += 10
    title = f"Cold start over TLS, CPU ms to the first answer (medians of {samples})"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="700" height="{y}" '
        'font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="#fff"/>\n'
        f"{_text(8, 20, title)}\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _text(x: int, y: int, text: str) -> str:
    return f'<text x="{x}" y="{y}">{text}</text>'
