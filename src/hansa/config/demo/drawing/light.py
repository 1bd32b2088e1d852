"""Lamps, lanterns and candles."""

from hansa.config.demo.drawing.colours import (
    BRASS,
    CHALK,
    IRON,
    LIGHT,
    WAX,
    darker,
    lighter,
    mix,
)
from hansa.config.demo.drawing.forms import band, flame, sheen, turned
from hansa.config.demo.drawing.picture import CENTRE, FLOOR, Picture


def table_lamp(p: Picture, shade: str, base: str) -> None:
    """A lamp on a turned foot under a cloth shade, lit."""
    p.glow(400, 320, 340, 0.8)
    p.shadow(400, 110)
    p.line("M350 616Q250 600 190 650T40 690", IRON, 5, opacity=0.6)
    profile = [
        (14, 400), (14, 470), (40, 490), (92, 550), (84, 605), (62, FLOOR - 3), (62, FLOOR - 3),
    ]  # fmt: skip
    turned(p, base, profile)
    sheen(p, "M326 540C318 560 322 585 332 600", 10, 0.3)
    p.path(
        "M300 190A100 16 0 0 1 500 190L580 400A180 28 0 0 1 220 400Z",
        p.radial(400, 350, 260, (0, mix(shade, "#fff3cf", 0.75), 1), (1, shade, 1)),
    )
    p.line("M300 190A100 16 0 0 0 500 190", darker(shade, 0.25), 4)
    p.line("M220 400A180 28 0 0 0 580 400", darker(shade, 0.25), 5)
    p.line("M340 206L296 416M400 210V428M460 206L504 416", darker(shade, 0.2), 2, opacity=0.25)


def pendant(p: Picture, enamel: str) -> None:
    """A dome on a cord, seen against a wall."""
    p.path(
        "M200 440L70 800H730L600 440Z",
        p.linear(0, 430, 0, 800, (0, lighter(p.wall, 0.85)), (1, p.wall)),
        opacity=0.6,
    )
    p.line("M400 0V190", IRON, 6)
    p.box(378, 178, 44, 60, p.turned_paint(BRASS, 378, 422), 8)
    profile = [(30, 232), (30, 232), (110, 258), (190, 340), (216, 440), (216, 440)]
    turned(p, enamel, profile, tilt=0.14)
    p.ellipse(400, 440, 216, 30, darker(enamel, 0.25))
    p.ellipse(400, 441, 204, 25, p.radial(400, 441, 204, (0, "#fffdf2", 1), (1, "#f7dd9c", 1)))
    p.ellipse(400, 446, 46, 17, "#ffffff")
    p.glow(400, 470, 250, 0.7)
    sheen(p, "M222 372C240 330 262 304 292 286", 12, 0.4)


def desk_lamp(p: Picture, metal: str) -> None:
    """A lamp with two arms, reading."""
    p.shadow(330, 130)
    p.path(
        "M470 330L330 640H780L610 300Z",
        p.linear(500, 320, 560, 630, (0, "#fff2c4"), (1, LIGHT)),
        opacity=0.5,
    )
    p.ellipse(330, 622, 124, 20, darker(metal, 0.35))
    p.ellipse(330, 612, 124, 20, p.turned_paint(metal, 206, 454))
    for d in ("M330 606L240 390", "M240 390L480 200"):
        p.line(d, darker(metal, 0.25), 17)
        p.line(d, lighter(metal, 0.18), 8)
    for x, y, r in ((330, 606, 16), (240, 390, 20), (480, 200, 17)):
        p.circle(x, y, r, darker(metal, 0.3))
        p.circle(x - 2, y - 2, r * 0.55, lighter(metal, 0.4))
    with p.turned(-24, 480, 200):
        p.ellipse(490, 335, 106, 24, "#fff4cf")
        p.path(
            "M462 190Q490 176 518 190L530 232C580 250 596 300 596 335A106 24 0 0 1 384 335C384 300 400 250 450 232Z",
            p.turned_paint(metal, 384, 596),
        )
        p.ellipse(490, 338, 98, 18, "#fff1c2")


def pillar(p: Picture, wax: str, x: float, height: float, radius: float = 58) -> None:
    """One thick candle, burning."""
    top = FLOOR - height
    turned(p, wax, [(radius, top), (radius, top), (radius, FLOOR - 6), (radius, FLOOR - 6)], x)
    p.ellipse(x, top, radius, radius * 0.17, lighter(wax, 0.5))
    p.ellipse(x, top + 1, radius * 0.66, radius * 0.1, mix(wax, "#ffd98a", 0.6))
    p.path(f"M{x - radius} {top}q6 60 16 58t14-36q10-12 14 2z", lighter(wax, 0.3), opacity=0.8)
    flame(p, x, top + 2)


def pillars(p: Picture, wax: str = WAX) -> None:
    """Three pillars of different heights."""
    p.shadow(400, 215)
    pillar(p, darker(wax, 0.05), 400, 300)
    pillar(p, wax, 282, 200)
    with p.placed(0, 14):
        pillar(p, lighter(wax, 0.15), 508, 130, 66)


def dinner_candles(p: Picture, wax: str) -> None:
    """Six tapers tied with a paper band."""
    with p.turned(34), p.lifted():
        for i in range(6):
            x = 262 + i * 48
            p.line(f"M{x + 20} 118q-4-16 3-30", CHALK, 4)
            d = f"M{x + 12} 122Q{x + 20} 112 {x + 28} 122L{x + 42} 690H{x}Z"
            p.path(d, p.turned_paint(wax, x, x + 42))
    with p.turned(34):
        p.box(252, 420, 304, 120, p.turned_paint(CHALK, 252, 560))
        p.line("M252 436H556M252 524H556", wax, 4)
        p.circle(404, 480, 24, wax)
        p.path("M404 462q14 14 0 36q-14-22 0-36z", CHALK)


def jar_candle(p: Picture, jar: str, label: str, twig: str) -> None:
    """A scented candle in a glazed jar with a paper label."""
    p.shadow(400, 135)
    profile = [(132, 370), (132, 370), (132, 590), (118, FLOOR - 6), (118, FLOOR - 6)]
    outline = turned(p, jar, profile)
    p.ellipse(400, 370, 132, 22, lighter(jar, 0.45))
    p.ellipse(400, 373, 120, 18, p.radial(400, 373, 120, (0, "#ffeab8", 1), (1, "#f3e3c4", 1)))
    flame(p, 400, 374, 1.05, 170)
    with p.clipped(p.outline(outline)):
        p.path(
            "M306 440A132 22 0 0 0 494 440V560A132 22 0 0 1 306 560Z",
            p.turned_paint(label, 290, 510),
        )
    p.line("M400 560V486", darker(twig, 0.2), 4)
    for y in (545, 525, 505):
        p.path(f"M400 {y}q-30-6-34-26q28 0 34 26zM400 {y}q30-6 34-26q-28 0-34 26z", twig)
    p.path("M400 490q-14-16 0-32q14 16 0 32z", twig)
    sheen(p, "M284 420V580", 12, 0.3)


def storm_lantern(p: Picture, metal: str) -> None:
    """A wind-proof lantern with a carrying ring."""
    p.shadow(400, 135)
    p.path("M318 232C318 110 482 110 482 232", "none", stroke=darker(metal, 0.3), stroke_width=9)
    p.glow(400, 440, 230, 0.8)
    p.path("M318 330H482L500 545H300Z", LIGHT, opacity=0.55)
    turned(p, metal, [(62, 545), (62, 545), (62, 575), (62, 575)], 400)
    p.ellipse(400, 545, 62, 10, darker(metal, 0.4))
    flame(p, 400, 548, 1.5, 190)
    p.path("M318 330H350L340 545H300Z", "#ffffff", opacity=0.3)
    profile = [(30, 222), (30, 222), (44, 240), (92, 300), (100, 330), (100, 330)]
    turned(p, metal, profile)
    turned(p, metal, [(26, 190), (26, 190), (34, 222), (34, 222)])
    turned(p, metal, [(112, 545), (112, 545), (130, 580), (130, FLOOR - 6), (130, FLOOR - 6)])
    for side in (-1, 1):
        p.line(f"M{400 + side * 96} 318L{400 + side * 122} 560", darker(metal, 0.25), 9)
    p.line("M306 430Q400 452 494 430", darker(metal, 0.2), 5)
    p.box(528, 588, 34, 14, darker(metal, 0.35), 6)
    sheen(p, "M290 580V612", 9)


def candlestick(p: Picture, wood: str, wax: str = CHALK, height: float = 260) -> None:
    """A turned wooden stick with a lit taper."""
    p.shadow(CENTRE, 95)
    top = FLOOR - height
    taper = top - 170
    turned(p, wax, [(11, taper), (15, top), (15, top)])
    flame(p, 400, taper + 2, 0.9, 150)
    profile = [
        (36, top), (36, top), (30, top + 26), (14, top + 44), (30, top + height * 0.32),
        (14, top + height * 0.5), (38, top + height * 0.7), (18, top + height * 0.84),
        (30, FLOOR - 32), (90, FLOOR - 20), (92, FLOOR - 6), (92, FLOOR - 6),
    ]  # fmt: skip
    outline = turned(p, wood, profile)
    band(p, outline, lighter(wood, 0.25), FLOOR - 24, FLOOR - 20, 94)
    p.ellipse(400, top, 36, 6, lighter(wood, 0.4))


def candlesticks(p: Picture, wood: str) -> None:
    """Three sticks of different heights."""
    with p.placed(-150, -8, 0.9):
        candlestick(p, wood, height=330)
    with p.placed(150, -8, 0.9):
        candlestick(p, wood, height=220)
    with p.placed(0, 20, 0.95):
        candlestick(p, wood, height=130)
