"""Garments laid flat: knitwear, shirts, jackets."""

from hansa.config.demo.drawing.colours import BRASS, CHALK, darker, lighter
from hansa.config.demo.drawing.picture import Picture

TORSO = (
    "M318 178C300 182 268 192 248 208L262 330L256 636Q400 652 544 636L538 330L552 208C532 192 "
    "500 182 482 178Q400 222 318 178Z"
)
VEST = "M304 172L262 190Q286 280 258 340L256 636Q400 652 544 636L542 340Q514 280 538 190L496 172L400 330Z"
SLEEVES = {
    "long": (
        "M252 204C214 226 196 270 184 330L138 600Q166 616 204 612L268 372Z",
        "M548 204C586 226 604 270 616 330L662 600Q634 616 596 612L532 372Z",
    ),
    "short": (
        "M252 204C206 224 172 270 140 338Q172 376 220 392L268 330Z",
        "M548 204C594 224 628 270 660 338Q628 376 580 392L532 330Z",
    ),
}


def body(p: Picture, cloth: str, sleeves: str | None = "long", torso: str = TORSO) -> None:
    """The cut of a top: sleeves behind, torso in front, soft folds."""
    with p.lifted():
        for d in SLEEVES[sleeves] if sleeves else ():
            p.path(d, p.slanted_paint(darker(cloth, 0.08), 0.18))
        p.path(torso, p.slanted_paint(cloth, 0.18))
    folds = "M300 420Q330 470 306 560M500 400Q470 480 498 580M380 500Q390 560 376 620"
    if sleeves:
        folds += "M262 330L268 372M538 330L532 372"
    p.line(folds, darker(cloth, 0.5), 5, opacity=0.16)


def ribs(p: Picture, yarn: str, long_sleeves: bool = True) -> None:
    """Ribbed hem and cuffs."""
    tone = darker(yarn, 0.3)
    hem = "".join(f"M{262 + i * 12} 598V{632 + (5 if 4 < i < 19 else 0)}" for i in range(24))
    p.line("M257 594Q400 610 543 594", tone, 3, opacity=0.6)
    p.line(hem, tone, 3, opacity=0.45)
    if long_sleeves:
        cuffs = "".join(f"M{150 + i * 9} {572 + i}l-6 28M{650 - i * 9} {572 + i}l6 28" for i in range(7))
        p.line(cuffs, tone, 3, opacity=0.5)
        p.line("M144 566L214 576M656 566L586 576", tone, 3, opacity=0.6)


def cables(p: Picture, yarn: str, *columns: float) -> None:
    """Cables running down a jumper."""
    for x in columns:
        for sign, tone in ((1, darker(yarn, 0.35)), (-1, lighter(yarn, 0.4))):
            swings = (24 * sign * (-1) ** i for i in range(8))
            d = f"M{x} 252" + "".join(f"c{s} 14 {s} 28 0 42" for s in swings)
            p.line(d, tone, 5, opacity=0.55)


def jumper(p: Picture, yarn: str) -> None:
    """A fisherman's jumper with cables and a funnel neck."""
    body(p, yarn)
    p.path(
        "M318 180Q316 148 334 132Q400 118 466 132Q484 148 482 180Q400 226 318 180Z",
        p.slanted_paint(darker(yarn, 0.1), 0.2),
    )
    p.ellipse(400, 136, 64, 14, darker(yarn, 0.5))
    neck = "".join(f"M{334 + i * 12} {152 - (2 if 2 < i < 9 else 0)}v38" for i in range(12))
    p.line(neck, darker(yarn, 0.35), 3, opacity=0.45)
    cables(p, yarn, 320, 400, 480)
    p.line("M360 250V590M440 250V590", darker(yarn, 0.3), 4, stroke_dasharray="2 11", opacity=0.7)
    ribs(p, yarn)


def cardigan(p: Picture, yarn: str, buttons: str) -> None:
    """An open-necked cardigan with buttons and two pockets."""
    body(p, yarn)
    p.path("M330 176Q400 160 470 176L404 346H396Z", darker(yarn, 0.55))
    p.path("M336 178Q400 168 464 178Q400 200 336 178Z", darker(yarn, 0.25))
    for d in ("M322 176L394 350V642", "M478 176L406 350V642"):
        p.line(d, darker(yarn, 0.22), 26)
        p.line(d, lighter(yarn, 0.08), 20)
    for y in (372, 430, 488, 546, 604):
        p.circle(402, y, 9.5, darker(buttons, 0.3))
        p.circle(400, y - 2, 8, buttons)
    for x in (282, 438):
        p.line(f"M{x} 480h80v84q-40 8-80 0z", darker(yarn, 0.35), 3, opacity=0.6)
        p.line(f"M{x + 4} 492h72", darker(yarn, 0.35), 3, stroke_dasharray="3 5", opacity=0.7)
    ribs(p, yarn)


def slipover(p: Picture, yarn: str, trim: str) -> None:
    """A sleeveless V-neck with a diamond pattern."""
    p.path("M304 172Q400 192 496 172L400 340Z", darker(yarn, 0.5))
    p.line("M304 174Q400 194 496 174", darker(trim, 0.2), 12)
    body(p, yarn, None, VEST)
    diamonds = "".join(f"M{x} {y}l26 42l-26 42l-26-42z" for y in (360, 460) for x in (294, 347, 400, 453, 506))
    p.path(diamonds, trim, opacity=0.8)
    crosses = "".join(f"M{x - 26} {y}l52 84M{x + 26} {y}l-52 84" for y in (360, 460) for x in (294, 347, 400, 453, 506))
    p.line(crosses, lighter(yarn, 0.6), 2.5, stroke_dasharray="5 6", opacity=0.8)
    p.line("M304 174L400 332L496 174", trim, 13)
    p.line("M263 192Q286 280 259 340M537 192Q514 280 541 340", trim, 10)
    ribs(p, yarn, long_sleeves=False)


def shirt(p: Picture, linen: str) -> None:
    """A linen shirt with a collar and a breast pocket."""
    body(p, linen)
    tone = darker(linen, 0.38)
    p.path("M330 176Q400 146 470 176Q440 212 400 222Q360 212 330 176Z", darker(linen, 0.35))
    for d in (
        "M326 168Q350 150 372 156L400 214L352 262Z",
        "M474 168Q450 150 428 156L400 214L448 262Z",
    ):
        p.path(
            d,
            p.slanted_paint(lighter(linen, 0.15), 0.14),
            stroke=tone,
            stroke_width=2,
            stroke_opacity=0.4,
        )
    p.line("M388 224V644M412 224V644", tone, 2.5, opacity=0.5)
    for y in (262, 330, 398, 466, 534, 602):
        p.circle(400, y, 6.5, CHALK, stroke=tone, stroke_width=2)
    p.line("M440 300h68v70l-34 16l-34-16zM440 316h68", tone, 2.5, opacity=0.6)
    p.line("M150 566l64 12M650 566l-64 12", tone, 2.5, opacity=0.5)


def tee(p: Picture, cotton: str) -> None:
    """A heavy T-shirt."""
    body(p, cotton, "short")
    p.path("M328 178Q400 160 472 178Q400 244 328 178Z", darker(cotton, 0.45))
    p.line("M322 180Q400 252 478 180", darker(cotton, 0.18), 17)
    p.line("M322 180Q400 252 478 180", lighter(cotton, 0.12), 11)
    tone = darker(cotton, 0.4)
    p.line(
        "M257 614Q400 630 543 614M150 324Q182 362 226 376M650 324Q618 362 574 376",
        tone,
        2.5,
        stroke_dasharray="6 5",
        opacity=0.6,
    )
    p.box(284, 560, 22, 30, CHALK, 3)


def yard_jacket(p: Picture, canvas: str, buttons: str = BRASS) -> None:
    """A chore jacket with three pockets."""
    body(p, canvas)
    tone = darker(canvas, 0.42)
    p.path("M330 176Q400 150 470 176Q440 220 400 228Q360 220 330 176Z", darker(canvas, 0.5))
    for d in (
        "M322 172Q350 148 376 156L400 226L330 274Z",
        "M478 172Q450 148 424 156L400 226L470 274Z",
    ):
        p.path(
            d,
            p.slanted_paint(darker(canvas, 0.1), 0.14),
            stroke=tone,
            stroke_width=2,
            stroke_opacity=0.5,
        )
    p.line("M400 228V646", tone, 3, opacity=0.7)
    p.line("M384 240V645", tone, 2.5, stroke_dasharray="6 5", opacity=0.7)
    for d in (
        "M440 310h76v84q-38 8-76 0z",
        "M276 456h92v124q-46 10-92 0z",
        "M432 456h92v124q-46 10-92 0z",
    ):
        p.path(
            d,
            p.slanted_paint(lighter(canvas, 0.08), 0.12),
            stroke=tone,
            stroke_width=2.5,
            stroke_opacity=0.6,
        )
    for y in (290, 370, 450, 530, 610):
        p.circle(402, y, 9, darker(buttons, 0.35))
        p.circle(400, y - 2, 7.5, buttons)


def rain_jacket(p: Picture, coat: str) -> None:
    """A hooded rain jacket with a storm flap."""
    body(p, coat)
    tone = darker(coat, 0.42)
    p.path(
        "M318 190C280 140 330 84 400 84S520 140 482 190Q400 244 318 190Z",
        p.slanted_paint(darker(coat, 0.06), 0.2),
    )
    p.path("M344 190C326 140 360 116 400 116S474 140 456 190Q400 222 344 190Z", darker(coat, 0.6))
    p.path("M384 214H424V646H384Z", p.slanted_paint(darker(coat, 0.12), 0.1))
    for y in (240, 330, 420, 510, 600):
        p.circle(404, y, 8, CHALK)
    p.line("M352 210v62M448 210v62", CHALK, 4)
    for x in (276, 440):
        p.path(
            f"M{x} 478h86v92q-43 8-86 0z",
            p.slanted_paint(lighter(coat, 0.06), 0.1),
            stroke=tone,
            stroke_width=2,
            stroke_opacity=0.5,
        )
        p.path(f"M{x - 4} 470h94v26q-47 8-94 0z", darker(coat, 0.15))
    p.line("M146 564l66 12M654 564l-66 12M260 330Q400 348 540 330", tone, 3, opacity=0.5)
