"""Things to wear besides tops: trousers, aprons, hats, socks, scarves, mittens."""

from hansa.config.demo.drawing.colours import BRASS, CHALK, LEATHER, OAK, darker, lighter
from hansa.config.demo.drawing.picture import Picture


def trousers(p: Picture, cloth: str) -> None:
    """Straight trousers laid flat."""
    d = "M288 120Q400 132 512 120L536 300L566 690Q516 704 462 696L404 330L396 330L338 696Q284 704 234 690L264 300Z"
    with p.lifted():
        p.path(d, p.slanted_paint(cloth, 0.2))
    tone = darker(cloth, 0.42)
    p.path("M288 120Q400 132 512 120L517 160Q400 172 283 160Z", darker(cloth, 0.12))
    p.line(
        "M400 168V330M400 168Q424 240 402 300M276 216Q330 210 340 164M524 216Q470 210 460 164",
        tone,
        3,
        opacity=0.6,
    )
    p.line("M300 330L286 690M500 330L514 690", lighter(cloth, 0.4), 3, opacity=0.4)
    p.line(
        "M236 672Q288 686 340 676M564 672Q512 686 460 676",
        tone,
        2.5,
        stroke_dasharray="6 5",
        opacity=0.7,
    )
    p.circle(400, 146, 9, BRASS)
    p.box(320, 120, 12, 46, darker(cloth, 0.25), 3)
    p.box(468, 120, 12, 46, darker(cloth, 0.25), 3)


def apron(p: Picture, cloth: str, straps: str = LEATHER) -> None:
    """A bib apron on a hook."""
    p.circle(400, 118, 20, darker(OAK, 0.3))
    p.circle(397, 114, 19, OAK)
    p.line("M320 250Q330 150 400 118Q470 150 480 250", straps, 11)
    p.line("M236 420Q180 440 168 560M564 420Q620 440 632 560", straps, 9)
    d = "M312 236H488Q496 350 572 400L584 690Q400 712 216 690L228 400Q304 350 312 236Z"
    with p.lifted():
        p.path(d, p.slanted_paint(cloth, 0.2))
    tone = darker(cloth, 0.42)
    p.path(
        "M280 480H520V590Q400 604 280 590Z",
        p.slanted_paint(lighter(cloth, 0.1), 0.14),
        stroke=tone,
        stroke_width=2.5,
        stroke_opacity=0.6,
    )
    p.line(
        "M400 482V596M322 252H478M230 676Q400 696 570 676",
        tone,
        2.5,
        stroke_dasharray="6 5",
        opacity=0.7,
    )
    p.line("M300 420Q310 560 296 680M506 620Q500 650 508 684", tone, 5, opacity=0.18)
    for x, y in ((326, 254), (474, 254), (244, 420), (556, 420)):
        p.circle(x, y, 8, BRASS)
    p.box(300, 540, 46, 26, straps, 3)


def bucket_hat(p: Picture, cloth: str) -> None:
    """A waxed rain hat, standing."""
    p.shadow(400, 250)
    tone = darker(cloth, 0.4)
    p.path(
        "M262 490C180 540 130 580 140 606Q400 668 660 606C670 580 620 540 538 490Z",
        p.turned_paint(darker(cloth, 0.1), 140, 660),
    )
    p.path("M290 322Q400 292 510 322L548 506Q400 548 252 506Z", p.turned_paint(cloth, 252, 548))
    p.ellipse(400, 322, 110, 22, lighter(cloth, 0.3))
    p.path("M256 484Q400 526 544 484L548 510Q400 552 252 510Z", darker(cloth, 0.35))
    p.line(
        "M222 528Q400 586 578 528M180 560Q400 624 620 560M152 590Q400 650 648 590",
        tone,
        2.5,
        stroke_dasharray="7 5",
        opacity=0.7,
    )
    for x in (318, 350):
        p.circle(x, 450, 8, BRASS)


def beanie(p: Picture, yarn: str) -> None:
    """A ribbed watch cap."""
    p.shadow(400, 190)
    crown = "M222 520C206 340 280 236 400 232C520 236 594 340 578 520Z"
    p.path(crown, p.turned_paint(yarn, 215, 585))
    rib = "".join(f"M{228 + i * 29} 520Q{270 + i * 21.6:.0f} 330 {400 + (i - 6) * 7} 240" for i in range(13))
    with p.clipped(p.outline(crown)):
        p.line(rib, darker(yarn, 0.4), 5, opacity=0.4)
    cuff = "M208 500Q400 532 592 500Q604 560 594 616Q400 650 206 616Q196 560 208 500Z"
    p.path(cuff, p.turned_paint(lighter(yarn, 0.08), 204, 596))
    with p.clipped(p.outline(cuff)):
        p.line(
            "".join(f"M{212 + i * 19} 498V650" for i in range(21)),
            darker(yarn, 0.4),
            5,
            opacity=0.4,
        )
    p.box(486, 552, 58, 40, CHALK, 4)
    p.path("M498 582l14-20l8 10l6-6l10 16z", darker(yarn, 0.1))


def socks(p: Picture, yarn: str, trim: str) -> None:
    """A pair of hiking socks."""
    d = "M300 130H420V430Q424 470 470 500L560 556Q606 592 576 636Q548 668 492 648L340 570Q296 544 298 480Z"
    for dx, dy, tone in ((60, -24, darker(yarn, 0.14)), (-70, 20, yarn)):
        with p.placed(dx, dy), p.lifted():
            p.path(d, p.slanted_paint(tone, 0.2))
            with p.clipped(p.outline(d)):
                p.box(290, 120, 140, 84, darker(tone, 0.08))
                p.line(
                    "".join(f"M{306 + i * 11} 130V204" for i in range(11)),
                    darker(tone, 0.4),
                    3.5,
                    opacity=0.5,
                )
                p.box(290, 222, 140, 15, trim)
                p.box(290, 247, 140, 7, trim)
                p.circle(312, 545, 74, trim)
                p.circle(586, 620, 72, trim)


def scarf(p: Picture, yarn: str, stripe: str) -> None:
    """A scarf looped over a peg."""
    p.line("M396 150L404 110", darker(OAK, 0.3), 24)
    p.circle(400, 112, 22, p.radial(392, 104, 32, (0, lighter(OAK, 0.4), 1), (1, OAK, 1)))
    back = "M412 140C470 150 500 220 506 300L530 600H428L410 300Z"
    front = "M388 140C330 150 300 220 292 310L262 660H372L396 300L440 180Z"
    for d, tone, foot in ((back, darker(yarn, 0.14), (432, 598)), (front, yarn, (266, 658))):
        with p.lifted():
            p.path(d, p.slanted_paint(tone, 0.2))
            x, y = foot
            p.line(
                "".join(f"M{x + i * 11.4:.0f} {y}l{(i % 3 - 1) * 3} 46" for i in range(9)),
                lighter(tone, 0.1),
                6,
            )
        with p.clipped(p.outline(d)):
            for k in (30, 62, 110):
                p.box(x - 30, y - k - 20, 190, 20, stripe, opacity=0.85)
    p.line(
        "M330 210Q322 400 300 640M360 210Q352 420 340 640M470 210Q480 400 490 590",
        darker(yarn, 0.5),
        4,
        opacity=0.2,
    )


def mittens(p: Picture, yarn: str, motif: str) -> None:
    """A pair of patterned mittens."""
    hand = "M300 640V430Q286 250 370 214Q462 196 468 330L472 400Q500 350 536 372Q560 392 540 440L470 560V640Z"
    for mirror in (False, True):
        with p.placed(-118 if not mirror else 118, -40, 0.9):
            attributes = "translate(800 0) scale(-1 1)" if not mirror else "translate(0 0)"
            _mitten(p, hand, yarn, motif, attributes)


def _mitten(p: Picture, hand: str, yarn: str, motif: str, transform: str) -> None:
    paint = p.slanted_paint(yarn, 0.2)
    with p.lifted():
        p.path(hand, paint, transform=transform)
        p.path("M294 560H476V700Q386 712 294 700Z", darker(yarn, 0.1), transform=transform)
    cuff = "".join(f"M{304 + i * 13} 564V700" for i in range(14))
    p.line(cuff, darker(yarn, 0.4), 4, opacity=0.5, transform=transform)
    stars = "".join(
        f"M{385 + x} {400 + y}m0-24l8 16l16 8l-16 8l-8 16l-8-16l-16-8l16-8z"
        for x, y in (
            (0, -120),
            (0, -50),
            (0, 20),
            (0, 90),
            (-50, -85),
            (-50, -15),
            (-50, 55),
            (46, -85),
            (46, 55),
        )
    )
    p.path(stars, motif, transform=transform)
    p.line("M300 530H470M300 544H470", motif, 6, transform=transform)
