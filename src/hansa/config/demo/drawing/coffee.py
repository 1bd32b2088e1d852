"""Coffee, tea and what it takes to make them."""

from hansa.config.demo.drawing.colours import (
    BRASS,
    CHALK,
    COCOA,
    IRON,
    STEEL,
    WALNUT,
    darker,
    lighter,
)
from hansa.config.demo.drawing.forms import band, closed, rim, sheen, sprig, turned
from hansa.config.demo.drawing.picture import FLOOR, Picture

COFFEE = "#4a2f24"


# Marks on labels, about their middle: what is filled, what is stroked, and how wide.
MARKS = {
    "sun": ("M-54 20a54 54 0 0 1 108 0z", "M-70 34H70M-46 48H46", 6),
    "moon": ("M14-52a54 54 0 1 0 34 88a46 46 0 0 1-34-88z", "", 0),
    "peaks": ("M-70 44l48-84l24 38l18-24l50 70z", "", 0),
    "waves": ("", "".join(f"M-60 {y}q15-22 30 0t30 0t30 0t30 0" for y in (-28, 0, 28)), 9),
    "berry": (
        (
            "M-51 14a25 25 0 0 1 50 0a25 25 0 0 1-50 0zM1 14a25 25 0 0 1 50 0a25 25 0 0 1-50 0z"
            "M-25-26a25 25 0 0 1 50 0a25 25 0 0 1-50 0z"
        ),
        "M0-50q10-16 26-18",
        6,
    ),
    "smoke": ("", "".join(f"M{x} 46q-22-24 0-46t0-46" for x in (-30, 0, 30)), 10),
}


def emblem(p: Picture, kind: str, colour: str, x: float, y: float) -> None:
    """Draw the mark on a label: what this coffee or tea tastes of."""
    if kind == "leaf":
        sprig(p, x, y + 54, 104, 0, colour, 3)
    elif kind == "flower":
        for angle in range(0, 360, 60):
            p.ellipse(x, y - 30, 15, 28, colour, transform=f"rotate({angle} {x:g} {y:g})")
        p.circle(x, y, 13, lighter(colour, 0.7))
    else:
        filled, stroked, width = MARKS[kind]
        place = f"translate({x:g} {y:g})"
        if filled:
            p.path(filled, colour, transform=place)
        if stroked:
            p.line(stroked, colour, width, transform=place)


def coffee_bag(p: Picture, paper: str, label: str, kind: str) -> None:
    """A stand-up bag with a folded top and a printed label."""
    p.shadow(400, 165)
    p.path("M254 214H546L556 590Q558 630 530 632H270Q242 630 244 590Z", p.turned_paint(paper, 244, 556))
    p.path(
        "M254 214L290 300L270 632Q242 630 244 590ZM546 214L512 300L532 632Q558 630 556 590Z",
        darker(paper, 0.4),
        opacity=0.22,
    )
    p.path("M250 168H550L546 236H254Z", p.turned_paint(lighter(paper, 0.1), 250, 550))
    p.path("M254 232H546V242H254Z", darker(paper, 0.5), opacity=0.35)
    p.line("M236 190H564", BRASS, 9)
    p.circle(400, 272, 9, darker(paper, 0.45))
    p.box(296, 310, 208, 250, label, 6)
    p.box(306, 320, 188, 230, "none", 3, stroke=darker(label, 0.3), stroke_width=2, stroke_opacity=0.5)
    tone = darker(label, 0.7)
    emblem(p, kind, paper if paper != CHALK else tone, 400, 402)
    p.line("M340 484H460", tone, 8)
    p.line("M356 508H444M368 528H432", tone, 4, opacity=0.6)


def tea_tin(p: Picture, paint: str, label: str, kind: str) -> None:
    """A round tin with a lid and a paper band."""
    p.shadow(400, 145)
    outline = turned(p, paint, [(140, 330), (140, 330), (140, FLOOR - 6), (140, FLOOR - 6)])
    band(p, outline, label, 388, 574, 141)
    band(p, outline, darker(label, 0.35), 396, 400, 141)
    band(p, outline, darker(label, 0.35), 562, 566, 141)
    lid = turned(p, darker(paint, 0.1), [(146, 262), (146, 262), (146, 336), (146, 336)])
    band(p, lid, darker(paint, 0.32), 330, 338, 147)
    p.ellipse(400, 262, 146, 25, lighter(paint, 0.3))
    p.ellipse(400, 262, 118, 19, lighter(paint, 0.16))
    emblem(p, kind, paint, 400, 490)
    p.line("M356 570H444", darker(label, 0.6), 6, opacity=0.7)
    sheen(p, "M282 300V340M276 370V600", 10, 0.28)


def beans(p: Picture, roast: str = COFFEE) -> None:
    """A scoop of beans from above."""
    with p.turned(-30), p.lifted():
        p.path("M520 384H700Q722 400 700 416H520Z", p.falling_paint(WALNUT, 380, 420, 0.25))
        p.ellipse(400, 400, 190, 160, p.slanted_paint(BRASS, 0.35))
    p.ellipse(400, 400, 168, 138, darker(roast, 0.5))
    spots = [(x, y) for y in range(290, 520, 44) for x in range(250, 570, 50)]
    near = [(x + (y // 44 % 2) * 24, y) for x, y in spots]
    near += [(150, 640), (230, 690), (640, 610), (700, 660), (560, 700), (130, 250), (660, 200)]
    for i, (x, y) in enumerate(near):
        inside = ((x - 400) / 158) ** 2 + ((y - 400) / 128) ** 2 < 1
        if not inside and y in range(290, 520, 44):
            continue
        with p.turned(i * 47 % 180, x, y):
            p.ellipse(x, y, 30, 21, lighter(roast, 0.06 + i % 3 * 0.06))
            p.line(f"M{x - 26} {y}q13-9 26 0t26 0", darker(roast, 0.6), 4)


def dripper(p: Picture, glaze: str) -> None:
    """A cone dripper on a glass carafe."""
    p.shadow(400, 140)
    profile = [
        (54, 420),
        (54, 420),
        (60, 452),
        (136, 560),
        (130, 610),
        (104, FLOOR - 4),
        (104, FLOOR - 4),
    ]
    outline = turned(p, "#dfe7e6", profile, opacity=0.75)
    band(p, outline, COFFEE, 540, 700, 137)
    p.ellipse(400, 540, 124, 19, lighter(COFFEE, 0.15))
    p.line("M400 420V538", COFFEE, 5)
    p.box(340, 420, 120, 34, WALNUT, 8)
    p.ellipse(400, 410, 112, 16, darker(glaze, 0.2))
    p.line("M520 300C600 290 590 380 480 372", darker(glaze, 0.2), 18)
    turned(p, glaze, [(140, 250), (140, 250), (60, 400), (50, 410), (50, 410)])
    p.path("M276 236Q400 200 524 236L500 262Q400 282 300 262Z", "#f1e6d2")
    rim(p, glaze, 252, 140, inside="#7a5138")
    p.ellipse(400, 256, 108, 14, COFFEE)
    sheen(p, "M296 288L346 380M286 560Q276 590 296 612", 10, 0.4)


def french_press(p: Picture, metal: str) -> None:
    """A glass press in a metal frame."""
    p.shadow(400, 135)
    p.line("M516 340C640 330 640 560 516 560", darker(WALNUT, 0.25), 25)
    p.line("M516 338C632 330 632 556 516 556", WALNUT, 15)
    outline = turned(p, "#dfe8e8", [(118, 300), (118, 300), (118, FLOOR - 8), (118, FLOOR - 8)], opacity=0.8)
    band(p, outline, COFFEE, 400, 700, 119)
    p.ellipse(400, 400, 118, 20, lighter(COFFEE, 0.22))
    p.line("M400 120V290", darker(metal, 0.3), 8)
    p.circle(400, 112, 23, p.radial(392, 104, 34, (0, lighter(WALNUT, 0.4), 1), (1, WALNUT, 1)))
    p.path("M274 300C284 238 516 238 526 300A126 21 0 0 1 274 300Z", p.turned_paint(metal, 274, 526))
    for y in (330, 590):
        band(p, outline, metal, y, y + 18, 119)
    p.line("M284 330V624M516 330V624", darker(metal, 0.1), 11)
    p.path("M282 306L246 296L282 336Z", metal)
    sheen(p, "M312 360V570", 13, 0.35)


def moka(p: Picture, metal: str) -> None:
    """A stove-top pot with eight facets."""
    p.shadow(400, 130)
    p.path(
        "M500 300H596Q626 302 620 340L596 470L566 466L580 344H500Z",
        p.falling_paint(IRON, 300, 470, 0.2),
    )
    for d in ("M306 440H494L524 622H276Z", "M288 252H512L482 430H318Z"):
        p.path(d, p.turned_paint(metal, 276, 524))
        with p.clipped(p.outline(d)):
            p.path("M350 240L366 440L340 640H400V240Z", lighter(metal, 0.4), opacity=0.5)
            p.path("M452 240L440 440L464 640H530V240Z", darker(metal, 0.3), opacity=0.5)
    p.path("M288 252L250 262L300 322Z", darker(metal, 0.1))
    p.box(308, 426, 184, 20, darker(metal, 0.28), 6)
    p.path("M288 252Q330 212 400 208Q470 212 512 252Z", p.turned_paint(lighter(metal, 0.1), 288, 512))
    p.box(390, 188, 20, 24, darker(metal, 0.4))
    p.circle(400, 178, 20, p.radial(394, 170, 28, (0, lighter(IRON, 0.3), 1), (1, IRON, 1)))
    p.circle(330, 560, 10, BRASS)


def kettle(p: Picture, metal: str) -> None:
    """A kettle with a swan's neck."""
    p.shadow(420, 150)
    spout = "M318 560C220 560 250 420 200 380C180 364 150 366 128 380"
    p.line(spout, darker(metal, 0.3), 24)
    p.line(spout, lighter(metal, 0.12), 11)
    p.line("M520 380C660 350 680 540 610 570", darker(WALNUT, 0.2), 26)
    p.line("M520 377C650 350 670 536 610 565", lighter(WALNUT, 0.08), 14)
    outline = turned(
        p,
        metal,
        [(92, 370), (92, 370), (110, 420), (144, 590), (140, FLOOR - 4), (140, FLOOR - 4)],
        430,
    )
    band(p, outline, darker(metal, 0.22), 604, 700, 145, 430)
    p.path("M338 370C346 332 514 332 522 370A92 15 0 0 1 338 370Z", p.turned_paint(metal, 338, 522))
    p.box(420, 316, 20, 26, darker(metal, 0.4))
    p.circle(430, 308, 19, p.radial(424, 302, 28, (0, lighter(WALNUT, 0.4), 1), (1, WALNUT, 1)))
    sheen(p, "M340 440L318 580", 13, 0.4)


def grinder(p: Picture, metal: str, wood: str = WALNUT) -> None:
    """A hand mill with a crank."""
    p.shadow(400, 100)
    turned(p, wood, [(86, 470), (86, 470), (86, FLOOR - 4), (86, FLOOR - 4)])
    outline = turned(p, metal, [(80, 270), (80, 270), (86, 300), (86, 476), (86, 476)])
    band(p, outline, darker(metal, 0.3), 446, 456, 87)
    p.ellipse(400, 270, 80, 13, lighter(metal, 0.4))
    p.box(391, 214, 18, 56, darker(metal, 0.3), 4)
    p.line("M400 216C480 196 540 206 588 214", darker(metal, 0.2), 15)
    p.line("M400 213C480 193 540 203 588 211", lighter(metal, 0.3), 7)
    p.box(570, 150, 38, 66, p.turned_paint(wood, 570, 608), 16)
    sheen(p, "M334 310V430M334 500V600", 12, 0.35)


def filters(p: Picture, paper: str) -> None:
    """A stack of paper filters, fanned."""
    for i in range(5):
        with p.turned(-32 + i * 14, 400, 640), p.lifted(0.4):
            d = closed(
                [
                    (400, 636),
                    (330, 560),
                    (236, 250),
                    (290, 196),
                    (400, 180),
                    (510, 196),
                    (564, 250),
                    (470, 560),
                ]
            )
            p.path(
                d,
                p.linear(
                    236,
                    180,
                    564,
                    640,
                    (0, lighter(paper, 0.5)),
                    (1, darker(paper, 0.03 + i * 0.02)),
                ),
            )
            p.line("M500 220L428 600", darker(paper, 0.3), 3, stroke_dasharray="4 6")


def scale(p: Picture, body: str) -> None:
    """A flat brewing scale with a cup on it."""
    p.shadow(400, 240)
    p.path("M190 540H610L660 606H140Z", p.falling_paint(lighter(body, 0.2), 530, 620, 0.14))
    p.box(140, 604, 520, 30, p.falling_paint(body, 600, 640), 10)
    p.path("M214 548H586L606 574H194Z", darker(body, 0.35))
    p.box(330, 582, 140, 18, "#cfe6d8", 4)
    p.line("M350 591h20M380 591h20M410 591h20", darker(body, 0.7), 5)
    with p.placed(0, -66, 0.6):
        outline = turned(p, CHALK, [(120, 420), (120, 420), (114, 560), (84, FLOOR), (84, FLOOR)])
        band(p, outline, "#c98f5a", 520, 700, 124)
        rim(p, CHALK, 420, 120)
        p.ellipse(400, 428, 104, 15, COFFEE)
    p.line("M372 404q-16-24 0-46t0-46M428 404q-16-24 0-46t0-46", "#ffffff", 9, opacity=0.5)


def tamper(p: Picture, wood: str) -> None:
    """A tamper with a turned handle."""
    p.shadow(400, 115)
    turned(p, STEEL, [(110, 560), (110, 560), (110, FLOOR - 4), (110, FLOOR - 4)])
    p.ellipse(400, 560, 110, 18.7, lighter(STEEL, 0.5))
    turned(p, STEEL, [(26, 500), (26, 500), (34, 556), (34, 556)])
    profile = [(20, 250), (58, 276), (66, 330), (40, 410), (38, 470), (48, 510), (48, 510)]
    turned(p, wood, profile)
    band(p, "M300 490H500V520H300Z", BRASS, 494, 508, 48)
    sheen(p, "M356 300Q346 340 366 390", 11, 0.35)


def cupping_set(p: Picture, glaze: str) -> None:
    """Two cups of coffee, steaming."""
    for dx, dy, tone in ((-110, -14, glaze), (120, 12, lighter(glaze, 0.35))):
        with p.placed(dx, dy, 0.9):
            p.shadow(400, 110)
            p.ellipse(400, 622, 172, 27, darker(tone, 0.15))
            p.ellipse(400, 616, 172, 27, lighter(tone, 0.25))
            p.line("M500 500C580 490 570 580 482 580", darker(tone, 0.15), 17)
            turned(p, tone, [(118, 470), (118, 470), (108, 560), (66, 612), (66, 612)])
            rim(p, tone, 470, 118)
            p.ellipse(400, 476, 100, 14, COFFEE)
            p.line("M372 420q-16-24 0-46t0-46M424 420q-16-24 0-46t0-46", "#ffffff", 9, opacity=0.45)


def chocolate(p: Picture, wrapper: str) -> None:
    """A bar of drinking chocolate, half unwrapped."""
    with p.turned(-18), p.lifted():
        p.box(250, 150, 300, 330, p.slanted_paint(COCOA, 0.2), 10)
        for x in range(3):
            for y in range(3):
                p.box(
                    262 + x * 96,
                    162 + y * 104,
                    84,
                    92,
                    p.slanted_paint(lighter(COCOA, 0.08), 0.16),
                    8,
                )
        p.path(
            "M242 400l40-18l36 22l44-24l40 24l42-22l40 22l46-24l28 20V660Q400 672 242 660Z",
            p.slanted_paint(wrapper, 0.2),
        )
        p.box(296, 480, 208, 130, CHALK, 5)
    with p.turned(-18):
        emblem(p, "berry", wrapper, 400, 546)
