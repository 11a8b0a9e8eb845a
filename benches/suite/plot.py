"""Draws the growth of costs as SVG. Both axes are logarithmic, so linear growth is a line of slope one."""

from math import ceil, floor, log10
from typing import Dict, List, Sequence, Tuple

from measure import ROOT, Row

FOLDER = ROOT / "docs" / "performance"
COLOURS = ("#1f6feb", "#bf3989", "#1a7f37", "#9a6700")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 60, 150, 40, 40

Curve = Sequence[Tuple[int, float]]


def decades(values: Sequence[float]) -> range:
    return range(floor(log10(min(values))), ceil(log10(max(values))) + 1)


def draw(name: str, title: str, curves: Dict[str, List[Tuple[int, float]]]) -> None:
    points = [point for curve in curves.values() for point in curve]
    across, up = decades([x for x, _ in points]), decades([y for _, y in points])

    def place(x: float, y: float) -> Tuple[float, float]:
        share_x = (log10(x) - across[0]) / (across[-1] - across[0])
        share_y = (log10(y) - up[0]) / (up[-1] - up[0])
        return LEFT + share_x * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - share_y * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="14">{title}</text>',
    ]
    for power in across:
        x, _ = place(10**power, 10 ** up[0])
        parts.append(f'<path d="M{x:.0f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>')
    for power in up:
        _, y = place(10 ** across[0], 10**power)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:g}</text>')
    for (label, curve), colour in zip(curves.items(), COLOURS):
        placed = [place(x, y) for x, y in curve]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        x, y = placed[-1]
        parts.append(f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" fill="{colour}">{label}</text>')
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.svg").write_text("\n".join(parts) + "\n</svg>\n")


def growth_row(name: str, curve: Curve) -> Row:
    """Returns the cost of a record among the most records, as a ratio to that among a thousand."""
    by_size = dict(curve)
    most = max(by_size)
    ratio = (by_size[most] / most) / (by_size[1_000] / 1_000)
    figure = f"cpu for each of {most:,} / for each of 1,000"
    return Row(f"growth: {name}", figure, ratio, 1.5, f"{by_size[most] / most * 1e6:.0f} ns each")
