"""Knives, boards, spoons and pans."""

from hansa.config.demo.drawing.colours import (
    BIRCH,
    BRASS,
    CHALK,
    IRON,
    OAK,
    STEEL,
    WALNUT,
    darker,
    lighter,
)
from hansa.config.demo.drawing.forms import (
    band,
    grain,
    rim,
    rounded,
    sheen,
    sprig,
    turned,
)
from hansa.config.demo.drawing.picture import FLOOR, Picture

BLADES = {
    "chef": "M330 372H690Q668 428 560 452Q450 470 330 462Z",
    "paring": "M330 382H500Q528 386 548 398Q520 428 470 434L330 436Z",
    "bread": "M330 374H706Q716 400 704 430l-11-8l-11 12l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12"
    "l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12"
    "l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12l-11-10l-11 12L330 440Z",
}


def knife(p: Picture, kind: str, wood: str, angle: float = -32) -> None:
    """A knife seen from above: `chef`, `paring` or `bread`."""
    bottom = {"chef": 462, "paring": 436, "bread": 440}[kind]
    top = {"chef": 372, "paring": 382, "bread": 374}[kind]
    dx = {"chef": 0, "paring": 95, "bread": -6}[kind]
    handle = (
        f"M318 {top - 2}V{top + 50}C280 {top + 62} 180 {top + 44} 128 {top + 62}"
        f"C92 {top + 70} 88 {top + 4} 122 {top - 2}C190 {top - 6} 260 {top - 4} 318 {top - 2}Z"
    )
    with p.turned(angle), p.lifted(), p.placed(dx, 0):
        p.path(
            BLADES[kind],
            p.linear(
                0,
                top,
                0,
                bottom,
                (0, darker(STEEL, 0.2)),
                (0.4, lighter(STEEL, 0.4)),
                (1, STEEL),
            ),
        )
        if kind != "bread":
            p.path(
                f"M330 {bottom - 14}L330 {bottom}Q430 {bottom + 4} 500 {bottom - 8}"
                f"Q420 {bottom - 10} 330 {bottom - 14}Z",
                CHALK,
                opacity=0.6,
            )
        p.box(
            314,
            top - 4,
            24,
            60,
            p.linear(0, top, 0, top + 60, (0, lighter(BRASS)), (1, darker(BRASS))),
            3,
        )
        p.path(
            handle,
            p.linear(0, top, 0, top + 62, (0, lighter(wood, 0.22)), (1, darker(wood, 0.2))),
        )
        grain(p, handle, wood, (90, top, 318, top + 66), 7)
        for x in (150, 214, 278):
            p.circle(x, top + 26, 7.5, darker(BRASS, 0.25))
            p.circle(x, top + 25, 6, lighter(BRASS, 0.2))


def board(p: Picture, wood: str, width: float = 300, height: float = 400) -> None:
    """A board with a handle hole, leaning against the wall."""
    x, y = 400 - width / 2, FLOOR - height
    p.shadow(400, width * 0.55)
    p.path(rounded(x + 12, y + 3, width, height, 40), darker(wood, 0.42))
    outline = rounded(x, y, width, height, 40)
    p.path(
        outline,
        p.linear(x, y, x + width, y + height, (0, lighter(wood, 0.3)), (1, darker(wood, 0.08))),
    )
    with p.turned(90, 400, y + height / 2):
        box = (
            400 - height / 2,
            y + height / 2 - width / 2,
            400 + height / 2,
            y + height / 2 + width / 2,
        )
        lying = rounded(box[0], box[1], height, width, 40)
        grain(p, lying, wood, box, 9)
    p.circle(400, y + 58, 25, darker(wood, 0.5))
    p.circle(402, y + 60, 22, darker(p.wall, 0.12))


def boards(p: Picture, wood: str) -> None:
    """Three boards of different sizes, one before the other."""
    with p.placed(-70, -16, 1):
        board(p, darker(wood, 0.12), 330, 440)
    with p.placed(75, -4, 1):
        board(p, wood, 250, 330)
    with p.placed(165, 10, 1):
        board(p, lighter(wood, 0.2), 180, 220)


def spoons(p: Picture, wood: str = BIRCH) -> None:
    """A spoon, a spatula and a slotted spoon, side by side."""
    with p.turned(14):
        for x, kind in ((275, 0), (400, 1), (525, 2)):
            with p.lifted():
                p.line(f"M{x} 330L{x} 690", darker(wood, 0.12), 26)
                p.line(f"M{x - 3} 330L{x - 3} 690", lighter(wood, 0.15), 17)
                if kind == 1:
                    p.path(
                        f"M{x - 48} 130Q{x} 105 {x + 48} 150L{x + 36} 330Q{x} 372 {x - 36} 330Z",
                        p.slanted_paint(wood, 0.2),
                    )
                else:
                    p.ellipse(x, 225, 62, 108, p.slanted_paint(wood, 0.22))
                    p.ellipse(
                        x + 3,
                        228,
                        46,
                        88,
                        p.linear(
                            x - 50,
                            150,
                            x + 50,
                            320,
                            (0, darker(wood, 0.3)),
                            (1, lighter(wood, 0.15)),
                        ),
                    )
            if kind == 2:
                p.line(f"M{x - 18} 190V270M{x + 3} 175V285M{x + 24} 190V270", p.wall, 11)


def skillet(p: Picture, egg: bool = False) -> None:
    """A cast-iron pan from above."""
    with p.turned(-38), p.lifted():
        p.path(
            "M590 378H712Q748 380 748 400T712 422H590Z",
            p.linear(0, 375, 0, 425, (0, lighter(IRON, 0.2)), (1, darker(IRON, 0.5))),
        )
        p.box(694, 391, 34, 18, p.wall, 9)
        p.path("M300 168q40-34 72 0zM300 632q40 34 72 0z", IRON)
        p.circle(
            352,
            400,
            252,
            p.linear(150, 180, 560, 620, (0, lighter(IRON, 0.26)), (1, darker(IRON, 0.5))),
        )
    with p.turned(-38):
        p.circle(352, 400, 232, darker(IRON, 0.4))
        p.circle(354, 403, 214, p.radial(300, 380, 260, (0, lighter(IRON, 0.16), 1), (1, IRON, 1)))
        p.line("M190 300A190 190 0 0 1 300 226", lighter(IRON, 0.6), 8, opacity=0.35)
        if egg:
            p.path(
                "M250 390C240 300 330 280 390 310C470 300 500 380 460 440C450 510 340 520 300 490"
                "C250 480 240 440 250 390Z",
                "#fdfaf1",
            )
            p.circle(362, 400, 56, p.radial(345, 380, 70, (0, "#ffd36a", 1), (1, "#eda534", 1)))
    if egg:
        with p.lifted(0.3), p.turned(-70, 420, 330):
            sprig(p, 340, 330, 150, 20, pairs=5)


def casserole(p: Picture, enamel: str, lid: bool = True) -> None:
    """An enamelled pot with a lid and two handles."""
    p.shadow(400, 205)
    for side in (-1, 1):
        x = 400 + side * 205
        p.line(
            f"M{x} 470C{x + side * 62} 462 {x + side * 62} 520 {x - side * 4} 514",
            darker(enamel, 0.25),
            22,
        )
    profile = [(208, 440), (208, 440), (208, 560), (176, FLOOR - 6), (176, FLOOR - 6)]
    outline = turned(p, enamel, profile)
    band(p, outline, darker(enamel, 0.18), 400, 452, 209)
    if lid:
        p.path(
            "M190 436C200 370 330 352 400 350C470 352 600 370 610 436A210 36 0 0 1 190 436Z",
            p.turned_paint(enamel, 190, 610),
        )
        p.line("M196 440A204 34 0 0 0 604 440", lighter(enamel, 0.5), 4, opacity=0.5)
        p.box(384, 328, 32, 30, darker(BRASS, 0.2))
        p.ellipse(400, 326, 34, 15, p.turned_paint(BRASS, 366, 434))
    else:
        rim(p, enamel, 440, 208, inside=CHALK)
    sheen(p, "M212 490C212 530 216 560 226 584", 14, 0.32)


def whetstone(p: Picture, stone: str, base: str = WALNUT) -> None:
    """A two-sided stone in its wooden base."""
    p.shadow(400, 270)
    p.path(
        "M130 590L190 540H650L690 590V622Q690 630 680 630H140Q130 630 130 622Z",
        p.falling_paint(base, 540, 640),
    )
    p.path("M130 590H690V593H130Z", lighter(base, 0.4), opacity=0.5)
    for top, colour in ((520, lighter(stone, 0.45)), (474, stone)):
        p.box(180, top, 450, 52, p.falling_paint(colour, top, top + 60, 0.12))
    p.path("M180 474L232 436H668L630 474Z", lighter(stone, 0.35))
    p.path("M630 474L668 436V532L630 572Z", darker(stone, 0.25))
    p.path("M630 520L668 482V532L630 572Z", darker(stone, 0.02))
    for x, y in ((300, 452), (420, 462), (520, 448)):
        p.ellipse(x, y, 26, 6, "#ffffff", opacity=0.4)


def block_set(p: Picture) -> None:
    """A chef's knife lying on an oak board, from above."""
    with p.lifted():
        outline = rounded(90, 190, 620, 420, 34)
        p.path(outline, p.slanted_paint(OAK, 0.22))
        grain(p, outline, OAK, (90, 190, 710, 610), 11)
    with p.placed(0, -20, 0.88):
        knife(p, "chef", WALNUT, -20)
    with p.turned(60, 240, 300), p.lifted(0.3):
        sprig(p, 250, 330, 170, 20)
