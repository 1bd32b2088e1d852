"""Blankets, bedding, towels, cushions, rugs."""

from collections.abc import Sequence
from math import cos, pi, sin
from random import Random

from hansa.config.demo.drawing.colours import CHALK, OAK, darker, lighter
from hansa.config.demo.drawing.forms import closed, rounded, turned
from hansa.config.demo.drawing.picture import FLOOR, Picture


def fold(p: Picture, cloth: str, x: float, y: float, width: float, height: float) -> str:
    """Draw one folded layer seen from the side; return its outline."""
    outline = rounded(x, y, width, height, min(height / 2, 26))
    p.path(
        outline,
        p.linear(x, y, x + width, y + height, (0, lighter(cloth, 0.25)), (1, darker(cloth, 0.2))),
    )
    p.line(f"M{x + 30:g} {y + height * 0.52:g}H{x + width - 8:g}", darker(cloth, 0.35), 3, opacity=0.5)
    return outline


def folded_blanket(p: Picture, wool: str, stripe: str) -> None:
    """A thick folded blanket with stripes and a fringe."""
    p.shadow(400, 265)
    for i in range(3):
        y = FLOOR - 74 * (i + 1)
        outline = fold(p, wool, 150 + i * 5, y, 500 - i * 10, 74)
        with p.clipped(p.outline(outline)):
            p.box(236, y, 34, 80, stripe, opacity=0.85)
            p.box(282, y, 10, 80, stripe, opacity=0.85)
            p.box(540, y, 34, 80, darker(stripe, 0.1), opacity=0.85)
    top = FLOOR - 222
    p.path(
        f"M214 {top - 36}H604L640 {top + 18}Q400 {top + 30} 160 {top + 18}Z",
        p.falling_paint(wool, top - 40, top + 40, 0.2),
    )
    p.path(f"M285 {top - 36}h28l-44 60h-33zM322 {top - 36}h8l-42 60h-9z", stripe, opacity=0.85)
    p.path(f"M520 {top - 36}h28l24 56h-31z", stripe, opacity=0.85)
    fringe = "".join(f"M{168 + i * 14} {top + 22}l{(i % 3 - 1) * 3} 46" for i in range(34))
    p.line(fringe, lighter(wool, 0.2), 6)


def hung_blanket(p: Picture, wool: str, stripe: str) -> None:
    """The blanket over a rail, fringe down."""
    p.line("M70 190H730", darker(OAK, 0.25), 22)
    p.line("M70 187H730", OAK, 13)
    body = "M190 178Q400 166 610 178L622 600Q510 616 400 604T178 600Z"
    with p.lifted():
        p.path(
            body,
            p.linear(
                180,
                0,
                620,
                0,
                (0, lighter(wool, 0.2)),
                (0.3, wool),
                (0.5, lighter(wool, 0.14)),
                (0.8, darker(wool, 0.12)),
                (1, wool),
            ),
        )
        fringe = "".join(f"M{186 + i * 14} 600l{(i % 3 - 1) * 4} 46" for i in range(32))
        p.line(fringe, lighter(wool, 0.15), 6)
    with p.clipped(p.outline(body)):
        for y, height in ((250, 40), (305, 12), (470, 12), (500, 40)):
            p.path(
                f"M160 {y}Q400 {y - 12} 640 {y}v{height}Q400 {y + height - 12} 160 {y + height}z",
                stripe,
                opacity=0.85,
            )
    p.line("M300 190Q310 400 296 600M508 186Q500 400 514 606", darker(wool, 0.5), 4, opacity=0.2)


def bedding(p: Picture, linen: str, second: str) -> None:
    """Folded sheets with two pillows on top."""
    p.shadow(400, 275)
    fold(p, second, 136, FLOOR - 62, 528, 62)
    fold(p, linen, 142, FLOOR - 132, 516, 70)
    fold(p, lighter(linen, 0.3), 150, FLOOR - 190, 500, 58)
    for x, y, w, colour in ((150, 330, 480, darker(linen, 0.06)), (190, 240, 430, second)):
        d = (
            f"M{x} {y + 10}Q{x + w / 2} {y - 34} {x + w} {y + 10}"
            f"Q{x + w + 22} {y + 60} {x + w} {y + 112}"
            f"Q{x + w / 2} {y + 136} {x} {y + 112}Q{x - 22} {y + 60} {x} {y + 10}Z"
        )
        p.path(d, p.falling_paint(colour, y - 20, y + 130, 0.22))
        p.line(
            f"M{x + 20} {y + 24}q40 12 60 40M{x + w - 20} {y + 24}q-50 14-70 44M{x + 30} {y + 102}q40-16 90-14",
            darker(colour, 0.4),
            3,
            opacity=0.3,
        )


def hung_towel(p: Picture, linen: str, stripe: str, waffle: bool = False) -> None:
    """A towel on a peg rail."""
    p.box(120, 130, 560, 54, p.falling_paint(OAK, 130, 184), 10)
    d = "M400 176C372 210 330 232 262 250L246 660Q330 676 400 664T554 660L538 250C470 232 428 210 400 176Z"
    with p.lifted():
        p.path(
            d,
            p.linear(
                246,
                0,
                554,
                0,
                (0, lighter(linen, 0.2)),
                (0.3, darker(linen, 0.1)),
                (0.5, lighter(linen, 0.22)),
                (0.75, darker(linen, 0.12)),
                (1, linen),
            ),
        )
    with p.clipped(p.outline(d)):
        if waffle:
            grid = "".join(f"M{x} 160V690" for x in range(252, 560, 17)) + "".join(
                f"M230 {y}H570" for y in range(206, 690, 17)
            )
            p.line(grid, darker(linen, 0.35), 3, opacity=0.3)
            p.path("M230 612Q400 626 570 612V640Q400 654 230 640Z", lighter(linen, 0.5), opacity=0.8)
        else:
            for y, h in ((520, 14), (548, 34), (596, 14)):
                p.path(
                    f"M230 {y}Q330 {y + 16} 400 {y + 4}T570 {y}V{y + h}Q470 {y + h - 8} 400 {y + h + 4}T230 {y + h}Z",
                    stripe,
                )
    p.line(
        "M384 220Q330 400 338 655M416 220Q470 400 462 655M400 210V660",
        darker(linen, 0.45),
        4,
        opacity=0.22,
    )
    for x in (190, 400, 610):
        p.circle(x + 4, 165, 17, darker(OAK, 0.4))
        p.circle(x, 158, 17, p.radial(x - 5, 152, 24, (0, lighter(OAK, 0.4), 1), (1, OAK, 1)))
    p.line("M392 178q8-22 16 0", stripe, 5)


def towel_stack(p: Picture, colours: Sequence[str]) -> None:
    """Folded waffle towels, one on another."""
    p.shadow(400, 225)
    y: float = FLOOR
    for i, colour in enumerate(colours):
        height, x = 66, 190 + (i % 2) * 8
        y -= height
        outline = fold(p, colour, x, y, 420 - (i % 2) * 14, height)
        with p.clipped(p.outline(outline)):
            d = "".join(f"M{x + 10 + k * 16} {y}v70" for k in range(26))
            d += "".join(f"M{x} {y + 10 + k * 16}h430" for k in range(4))
            p.line(d, darker(colour, 0.35), 2.5, opacity=0.28)


def cushion(p: Picture, linen: str, stripe: str) -> None:
    """A square cushion with a woven band."""
    p.shadow(400, 225)
    d = (
        "M186 262Q400 214 614 262Q646 276 636 300Q612 440 640 590Q640 618 610 624Q400 646 190 624"
        "Q160 618 160 590Q188 440 164 300Q156 272 186 262Z"
    )
    p.path(d, p.radial(330, 360, 420, (0, lighter(linen, 0.28), 1), (1, darker(linen, 0.22), 1)))
    with p.clipped(p.outline(d)):
        for x, w in ((262, 16), (296, 46), (360, 16)):
            p.path(
                f"M{x} 200Q{x - 16} 440 {x} 660h{w}Q{x + w - 16} 440 {x + w} 200z",
                stripe,
                opacity=0.9,
            )
    p.line(
        "M176 276Q210 300 232 340M626 276Q596 300 574 338M172 606Q206 590 228 556M628 606Q600 590 572 556",
        darker(linen, 0.5),
        4,
        opacity=0.28,
    )
    p.line("M186 262Q400 214 614 262", lighter(linen, 0.6), 4, opacity=0.5)


def round_rug(p: Picture, fibre: str, edge: str) -> None:
    """A braided round rug from above."""
    with p.lifted(0.5):
        p.circle(400, 400, 300, p.slanted_paint(edge, 0.2))
    for i in range(9):
        r = 272 - i * 31
        p.circle(400, 400, r, p.slanted_paint(fibre if i % 2 else lighter(fibre, 0.25), 0.12))
        p.add(
            "circle",
            cx=400,
            cy=400,
            r=r - 8,
            fill="none",
            stroke=darker(fibre, 0.35),
            stroke_width=7,
            stroke_dasharray="13 9",
            opacity=0.3,
        )


def sheepskin(p: Picture, wool: str) -> None:
    """A sheepskin from above."""
    chance = Random(5)
    points = []
    for i in range(44):
        a = 2 * pi * i / 44
        rx, ry = 205 + 34 * cos(4 * a), 285 + 26 * cos(4 * a)
        wobble = chance.uniform(0.95, 1.06)
        points.append((400 + rx * cos(a) * wobble, 400 + ry * sin(a) * wobble))
    d = closed(points)
    with p.lifted():
        p.path(d, p.radial(360, 340, 360, (0, lighter(wool, 0.6), 1), (1, darker(wool, 0.12), 1)))
    with p.clipped(p.outline(d)):
        for colour in (darker(wool, 0.22), "#ffffff"):
            strokes = ""
            for _ in range(80):
                a, r = chance.uniform(0, 2 * pi), chance.uniform(0.1, 0.96)
                x, y = 400 + 215 * r * cos(a), 400 + 290 * r * sin(a)
                strokes += f"M{x:.0f} {y:.0f}q{14 * cos(a):.0f} 4 {18 * cos(a):.0f} {20 * sin(a) + 12:.0f}"
            p.line(strokes, colour, 5, opacity=0.5)


def laid_table(p: Picture, linen: str, edge: str) -> None:
    """A round table under a cloth, with a bowl on it."""
    p.shadow(400, 235, 690)
    d = (
        "M150 400A250 50 0 0 1 650 400Q668 560 676 672Q640 700 610 668Q570 706 530 672Q490 712 "
        "446 676Q400 712 356 676Q312 712 272 672Q232 706 192 668Q162 700 124 672Q132 560 150 400Z"
    )
    p.path(d, p.turned_paint(linen, 124, 676))
    p.line(
        "M192 660Q210 540 216 452M272 664Q280 560 286 462M356 668Q358 560 360 466M446 668Q444 "
        "560 440 466M530 664Q520 560 512 462M610 660Q592 540 584 452",
        darker(linen, 0.4),
        6,
        opacity=0.25,
    )
    with p.clipped(p.outline(d)):
        p.line(
            "M120 650Q162 678 192 646Q232 684 272 650Q312 690 356 654Q400 690 446 654Q490 690 "
            "530 650Q570 684 610 646Q640 678 680 650",
            edge,
            7,
        )
    p.ellipse(
        400,
        402,
        248,
        49,
        p.linear(150, 350, 640, 450, (0, lighter(linen, 0.5)), (1, lighter(linen, 0.1))),
    )
    with p.placed(0, -220, 0.5):
        p.shadow(400, 150, 640)
        turned(p, CHALK, [(190, 520), (190, 520), (150, 596), (70, 638), (70, 638)])
        p.ellipse(400, 520, 190, 30, darker(CHALK, 0.3))
        for x, tone in ((310, "#c9573a"), (400, "#d98b3a"), (488, "#b5583a")):
            p.circle(x, 486, 58, p.radial(x - 18, 466, 80, (0, lighter(tone, 0.4), 1), (1, tone, 1)))
        p.path(
            "M210 520A190 30 0 0 0 590 520L580 545Q400 590 220 545Z",
            p.turned_paint(CHALK, 210, 590),
        )
