"""For the fire, the garden and the way there."""

from hansa.config.demo.drawing.colours import (
    BIRCH,
    BRASS,
    CHALK,
    IRON,
    LEATHER,
    NIGHT,
    OAK,
    STEEL,
    darker,
    lighter,
)
from hansa.config.demo.drawing.forms import band, grain, rim, sheen, speckles, turned
from hansa.config.demo.drawing.picture import FLOOR, Picture


def enamel_mug(p: Picture, enamel: str, edge: str = NIGHT) -> None:
    """An enamelled camp mug with a dark rim."""
    p.shadow(395, 150)
    p.line("M506 430C600 420 600 560 504 556", edge, 24)
    p.line("M506 428C594 420 594 556 504 553", enamel, 16)
    profile = [(128, 392), (128, 392), (126, FLOOR - 18), (118, FLOOR - 6), (118, FLOOR - 6)]
    outline = turned(p, enamel, profile, 385)
    speckles(p, outline, edge, (260, 410, 510, 625), 46, 5)
    p.ellipse(385, 392, 132, 23, edge)
    rim(p, enamel, 391, 124, 385, lip=5, inside=CHALK)
    sheen(p, "M290 440V570", 13, 0.5)


def flask(p: Picture, paint: str) -> None:
    """A vacuum flask with a cup for a lid."""
    p.shadow(400, 105)
    profile = [(64, 318), (64, 318), (92, 356), (94, 560), (94, FLOOR - 4), (94, FLOOR - 4)]
    outline = turned(p, paint, profile)
    band(p, outline, STEEL, 590, 700, 95)
    cup = turned(p, STEEL, [(58, 190), (58, 190), (68, 210), (68, 318), (68, 318)])
    band(p, cup, darker(STEEL, 0.25), 296, 304, 69)
    p.ellipse(400, 190, 58, 9.5, lighter(STEEL, 0.6))
    p.box(374, 420, 52, 76, CHALK, 5, opacity=0.92)
    p.path("M382 484l14-30l8 12l8-8l8 26z", paint)
    sheen(p, "M326 380V570", 13, 0.35)


def camp_chair(p: Picture, canvas: str, wood: str = OAK) -> None:
    """A folding chair with a canvas seat."""
    p.shadow(400, 230, 652)
    for d in ("M250 640L560 400", "M590 648L300 410"):
        p.line(d, darker(wood, 0.32), 21)
    p.path("M282 190Q400 214 534 180L548 330Q420 366 292 340Z", p.slanted_paint(canvas, 0.2))
    p.line("M288 150L312 470M530 142L560 462", darker(wood, 0.2), 25)
    p.line("M285 150L309 470M527 142L557 462", lighter(wood, 0.12), 15)
    p.path("M290 436Q420 470 566 428L606 486Q430 536 236 500Z", p.falling_paint(canvas, 420, 530, 0.2))
    p.line("M238 500Q430 536 604 486", darker(canvas, 0.4), 6)
    for d in ("M190 650L470 470", "M650 640L380 470"):
        p.line(d, darker(wood, 0.15), 24)
        p.line(d, lighter(wood, 0.15), 14)
    p.line("M230 400H330M512 390L628 396", darker(wood, 0.25), 22)
    p.line("M230 397H330M512 387L628 393", lighter(wood, 0.2), 13)
    for x, y in ((428, 498), (306, 440), (556, 430)):
        p.circle(x, y, 9, BRASS)
    p.line(
        "M290 206Q400 228 532 198M296 326Q420 352 544 318",
        darker(canvas, 0.4),
        3,
        stroke_dasharray="7 6",
        opacity=0.7,
    )


def hatchet(p: Picture, wood: str = OAK) -> None:
    """A small axe, lying diagonally."""
    with p.turned(-40), p.lifted():
        haft = (
            "M130 378C240 366 400 386 600 376Q640 376 640 398T600 420C400 424 240 412 140 436"
            "Q110 440 112 408Q112 380 130 378Z"
        )
        p.path(haft, p.linear(0, 372, 0, 430, (0, lighter(wood, 0.25)), (1, darker(wood, 0.22))))
        grain(p, haft, wood, (110, 374, 640, 434), 6)
        head = "M540 356H622V444H596Q590 510 640 560Q560 590 470 556Q530 500 540 444Z"
        p.path(head, p.linear(480, 356, 640, 580, (0, lighter(IRON, 0.3)), (1, darker(IRON, 0.3))))
        p.path(
            "M640 560Q560 590 470 556L486 534Q560 560 622 540Z",
            p.linear(470, 0, 640, 0, (0, CHALK), (1, STEEL)),
        )
        p.box(160, 368, 26, 74, LEATHER, 6)
        p.line("M140 406Q90 420 96 470T150 500", LEATHER, 6)


def pocket_knife(p: Picture, wood: str) -> None:
    """A folding knife, half open."""
    with p.turned(-28), p.lifted():
        p.path(
            "M250 392L250 352Q420 330 560 366Q600 378 622 400Q560 402 520 402Z",
            p.linear(0, 340, 0, 404, (0, darker(STEEL, 0.15)), (0.5, lighter(STEEL, 0.5)), (1, STEEL)),
            transform="rotate(-28 262 400)",
        )
        d = (
            "M232 380Q240 358 280 362C360 374 470 360 560 372Q628 380 630 420Q628 456 570 456"
            "C460 448 360 462 270 450Q226 440 232 380Z"
        )
        p.path(d, p.linear(0, 362, 0, 456, (0, lighter(wood, 0.25)), (1, darker(wood, 0.25))))
        grain(p, d, wood, (230, 362, 630, 456), 7)
        p.path(
            "M234 372Q246 356 290 362L282 451Q226 444 232 400Z",
            p.linear(0, 360, 0, 450, (0, lighter(BRASS, 0.3)), (1, darker(BRASS, 0.2))),
        )
        for x in (262, 440, 580):
            p.circle(x, 408, 8, darker(BRASS, 0.3))
            p.circle(x - 1, 406, 6, lighter(BRASS, 0.35))
        p.line("M616 424Q680 430 690 470T650 520", LEATHER, 6)


def tent(p: Picture, canvas: str) -> None:
    """A ridge tent with its door open."""
    p.shadow(400, 300, 640, 0.8)
    p.line("M380 232L70 628M392 232L760 640", lighter(canvas, 0.6), 3)
    p.path(
        "M386 238L560 226L712 622L634 640Z",
        p.linear(400, 230, 700, 640, (0, darker(canvas, 0.12)), (1, darker(canvas, 0.36))),
    )
    p.path(
        "M386 238L634 640H146Z",
        p.linear(200, 300, 620, 640, (0, lighter(canvas, 0.3)), (1, canvas)),
    )
    p.path(
        "M386 300L300 640H476Z",
        p.linear(0, 300, 0, 640, (0, darker(canvas, 0.72)), (1, darker(canvas, 0.5))),
    )
    p.path("M386 290L300 640L236 640Q330 500 386 290Z", lighter(canvas, 0.45))
    p.path("M386 290L476 640L536 640Q430 500 386 290Z", darker(canvas, 0.14))
    p.line("M386 220V250", darker(OAK, 0.3), 10)
    p.glow(388, 590, 120, 0.75)
    p.ellipse(388, 634, 70, 10, "#f4cf83", opacity=0.6)
    for x in (146, 634, 712):
        p.line(f"M{x} {622 if x == 712 else 638}l10 18", OAK, 7)
    p.line("M440 236L690 628M500 232L702 625", darker(canvas, 0.55), 2.5, opacity=0.4)


def nest_box(p: Picture, wood: str, roof: str) -> None:
    """A nest box for small birds on a wall."""
    with p.lifted():
        p.box(
            280,
            250,
            240,
            360,
            p.linear(280, 250, 520, 610, (0, lighter(wood, 0.25)), (1, darker(wood, 0.12))),
            4,
        )
        p.path("M520 250L560 262V590L520 610Z", darker(wood, 0.34))
        p.path("M248 268L272 196H548L600 268Z", p.falling_paint(roof, 196, 270, 0.2))
        p.box(248, 266, 352, 14, darker(roof, 0.3), 3)
    p.line("M281 370H519M281 490H519", darker(wood, 0.4), 3, opacity=0.5)
    p.circle(400, 370, 47, lighter(wood, 0.4))
    p.circle(402, 373, 42, darker(wood, 0.8))
    p.line("M400 470V452", darker(wood, 0.45), 20)
    p.circle(400, 470, 12, lighter(wood, 0.2))
    p.path("M398 398Q372 382 382 356Q400 336 420 352Q436 376 414 398Z", "#7a5a44")
    p.path("M384 366l-24 8l22 6z", BRASS)
    p.circle(395, 362, 4, CHALK)
    for x, y in ((296, 266), (504, 590), (296, 590)):
        p.circle(x, y + 4, 4.5, IRON)


def watering_can(p: Picture, metal: str) -> None:
    """A long-spouted watering can."""
    p.shadow(420, 165)
    p.line("M338 560L130 340", darker(metal, 0.22), 26)
    p.line("M334 554L128 336", lighter(metal, 0.18), 12)
    p.path("M98 362L150 300Q128 282 104 298T80 340Q84 356 98 362Z", p.slanted_paint(metal, 0.25))
    p.line("M520 400C690 330 700 560 556 590", darker(metal, 0.28), 22)
    p.line("M520 396C684 330 692 556 556 585", lighter(metal, 0.14), 12)
    outline = turned(
        p,
        metal,
        [(112, 392), (112, 392), (134, FLOOR - 20), (134, FLOOR - 4), (134, FLOOR - 4)],
        440,
    )
    for y in (440, 590):
        band(p, outline, darker(metal, 0.16), y, y + 8, 135, 440)
    p.line("M344 392C350 270 530 270 536 392", darker(metal, 0.25), 15)
    p.line("M344 390C350 274 530 274 536 390", lighter(metal, 0.2), 7)
    rim(p, metal, 392, 112, 440)
    p.path("M328 392A112 19 0 0 1 440 373V411A112 19 0 0 1 328 392Z", p.turned_paint(metal, 328, 552))
    p.line("M250 470L328 436", darker(metal, 0.3), 8)
    sheen(p, "M338 450L330 580", 13, 0.4)


def kindling(p: Picture) -> None:
    """The hatchet beside split birch."""
    with p.placed(-30, -60, 0.92):
        hatchet(p)
    for x, y, angle in ((560, 560, -12), (610, 640, 8), (500, 670, -4)):
        with p.turned(angle, x, y), p.lifted(0.6):
            p.box(x - 110, y - 27, 220, 54, p.falling_paint(BIRCH, y - 27, y + 30, 0.3), 8)
            p.ellipse(x + 106, y, 14, 27, lighter(BIRCH, 0.5))
            p.line(f"M{x - 90} {y - 8}h90M{x - 40} {y + 10}h100", darker(BIRCH, 0.35), 3, opacity=0.5)
