"""Forms that many objects share: turned bodies, rims, speckles, leaves, flames, grain."""

from collections.abc import Sequence
from random import Random

from hansa.config.demo.drawing.colours import FLAME, INK, LEAF, LIGHT, darker, lighter
from hansa.config.demo.drawing.picture import CENTRE, Picture, number

TILT = 0.17  # how much of a circle's depth we see on the table

type Point = tuple[float, float]


def spline(points: Sequence[Point]) -> str:
    """Return a smooth curve through points, without its first move; a double point is a corner."""
    pieces = []
    last = len(points) - 1
    for i in range(last):
        (x0, y0), (x1, y1) = points[max(i - 1, 0)], points[i]
        (x2, y2), (x3, y3) = points[i + 1], points[min(i + 2, last)]
        if (x1, y1) == (x2, y2):
            continue
        controls = (x1 + (x2 - x0) / 6, y1 + (y2 - y0) / 6, x2 - (x3 - x1) / 6, y2 - (y3 - y1) / 6)
        pieces.append("C" + " ".join(number(v) for v in (*controls, x2, y2)))
    return "".join(pieces)


def closed(points: Sequence[Point]) -> str:
    """Return a smooth closed outline through points."""
    ring = [points[-1], *points, points[0], points[1]]
    curve = spline(ring)
    first, *middle = curve.split("C")[1:-1]
    start = " ".join(first.split(" ")[-2:])
    return f"M{start}C" + "C".join(middle) + "Z"


def turned_outline(profile: Sequence[Point], x: float = CENTRE, tilt: float = TILT) -> str:
    """Return the outline of a turned body; the profile is (radius, y) from top to bottom."""
    (top_r, top_y), (bottom_r, _) = profile[0], profile[-1]
    right = [(x + r, y) for r, y in profile]
    left = [(x - r, y) for r, y in reversed(profile)]
    return (
        f"M{number(x - top_r)} {number(top_y)}"
        f"A{number(top_r)} {number(top_r * tilt)} 0 0 1 {number(x + top_r)} {number(top_y)}"
        f"{spline(right)}"
        f"A{number(bottom_r)} {number(bottom_r * tilt)} 0 0 1 {number(left[0][0])} "
        f"{number(left[0][1])}{spline(left)}Z"
    )


def turned(
    p: Picture,
    colour: str,
    profile: Sequence[Point],
    x: float = CENTRE,
    tilt: float = TILT,
    **attributes: str | float,
) -> str:
    """Draw a turned body and return its outline, to draw glazes and bands within."""
    widest = max(r for r, _ in profile)
    outline = turned_outline(profile, x, tilt)
    p.path(outline, p.turned_paint(colour, x - widest, x + widest), **attributes)
    return outline


def rim(
    p: Picture, colour: str, y: float, radius: float, x: float = CENTRE, tilt: float = TILT,
    lip: float = 9, inside: str | None = None,
) -> None:  # fmt: skip
    """Draw the open top of a vessel: a lit lip and the dark inside."""
    p.ellipse(x, y, radius, radius * tilt, lighter(colour, 0.42))
    inner = inside or colour
    paint = p.linear(x - radius, 0, x + radius, 0, (0, darker(inner, 0.42)), (1, darker(inner, 0.08)))
    p.ellipse(x, y + lip * 0.25, radius - lip, (radius - lip) * tilt, paint)


def band(
    p: Picture, outline: str, colour: str, top: float, bottom: float, radius: float,
    x: float = CENTRE, tilt: float = TILT,
) -> None:  # fmt: skip
    """Paint a body between two heights; the edges follow its roundness."""
    r, ry = number(radius), number(radius * tilt)
    left, right = number(x - radius), number(x + radius)
    with p.clipped(p.outline(outline)):
        p.path(
            f"M{left} {number(top)}A{r} {ry} 0 0 0 {right} {number(top)}V{number(bottom)}"
            f"A{r} {ry} 0 0 1 {left} {number(bottom)}Z",
            p.turned_paint(colour, x - radius, x + radius),
        )


def speckles(
    p: Picture, outline: str, colour: str, area: tuple[float, float, float, float],
    count: int = 34, width: float = 4,
) -> None:  # fmt: skip
    """Sprinkle small dots within an outline; `area` is left, top, right, bottom."""
    chance = Random(count)
    left, top, right, bottom = area
    dots = "".join(f"M{chance.uniform(left, right):.0f} {chance.uniform(top, bottom):.0f}h0" for _ in range(count))
    with p.clipped(p.outline(outline)):
        p.line(dots, colour, width, opacity=0.5)


def sheen(p: Picture, d: str, width: float = 10, opacity: float = 0.4) -> None:
    """Draw a highlight."""
    p.line(d, LIGHT, width, opacity=opacity)


def sprig(
    p: Picture,
    x: float,
    y: float,
    height: float,
    lean: float = 0,
    colour: str = LEAF,
    pairs: int = 5,
) -> None:
    """Draw a twig with leaves; its foot is at (x, y), its tip leans to a side."""
    tip_x, tip_y = x + lean, y - height
    p.line(
        f"M{x:.0f} {y:.0f}Q{x:.0f} {y - height * 0.6:.0f} {tip_x:.0f} {tip_y:.0f}",
        darker(colour, 0.3),
        4,
    )
    leaf = height / pairs * 0.72
    for i in range(1, pairs + 1):
        t = i / (pairs + 0.15)
        at_x, at_y = x + lean * t * t, y - height * (2 * t * (1 - t) * 0.6 + t * t)
        for side, tone in ((-1, lighter(colour, 0.12)), (1, darker(colour, 0.1))):
            wide, size = side * leaf * (1.1 - t * 0.3), leaf * (1.15 - t * 0.4)
            p.path(
                f"M{at_x:.0f} {at_y:.0f}q{wide * 0.15:.0f} {-size * 0.7:.0f} {wide:.0f} "
                f"{-size * 0.62:.0f}"
                f"q{-wide * 0.1:.0f} {size * 0.6:.0f} {-wide:.0f} {size * 0.62:.0f}z",
                tone,
            )


def flame(p: Picture, x: float, y: float, size: float = 1, shine: float = 130) -> None:
    """Draw a burning wick whose foot is at (x, y)."""
    p.glow(x, y - 34 * size, shine, 0.75)
    p.line(f"M{x:.0f} {y:.0f}v{-16 * size:.0f}", INK, 4)
    for scale, colour in ((1.0, FLAME), (0.55, "#fff3cf")):
        s = size * scale
        foot = y - 10 * size
        p.path(
            f"M{x:.1f} {foot - 62 * s:.1f}q{20 * s:.1f} {30 * s:.1f} {15 * s:.1f} {48 * s:.1f}"
            f"q{-15 * s:.1f} {20 * s:.1f} {-30 * s:.1f} 0q{-4 * s:.1f} {-20 * s:.1f} "
            f"{15 * s:.1f} {-48 * s:.1f}z",
            colour,
        )


def grain(p: Picture, outline: str, colour: str, area: tuple[float, float, float, float], lines: int = 6) -> None:
    """Draw wood grain along x within an outline; `area` is left, top, right, bottom."""
    left, top, right, bottom = area
    chance = Random(lines)
    step = (bottom - top) / lines
    width = right - left
    d = "".join(
        f"M{left:.0f} {top + step * (i + 0.5):.0f}q{width / 4:.0f} "
        f"{chance.uniform(-1, 1) * step * 0.6:.0f} {width / 2:.0f} 0t{width / 2:.0f} 0"
        for i in range(lines)
    )
    with p.clipped(p.outline(outline)):
        p.line(d, darker(colour, 0.3), 2.5, opacity=0.35)


def rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    """Return the outline of a rounded rectangle."""
    r = f"{radius:g} {radius:g} 0 0 1"
    w, h = width - 2 * radius, height - 2 * radius
    return (
        f"M{x + radius:g} {y:g}h{w:g}a{r} {radius:g} {radius:g}v{h:g}a{r} {-radius:g} {radius:g}"
        f"h{-w:g}a{r} {-radius:g} {-radius:g}v{-h:g}a{r} {radius:g} {-radius:g}z"
    )
