"""Bags, and the small things carried in them."""

from hansa.config.demo.drawing.colours import BRASS, CHALK, LEATHER, darker, lighter
from hansa.config.demo.drawing.forms import rounded, sheen
from hansa.config.demo.drawing.picture import Picture


def backpack(p: Picture, canvas: str, leather: str = LEATHER) -> None:
    """A roll-top rucksack."""
    p.shadow(400, 180)
    tone = darker(canvas, 0.42)
    p.line("M262 330C190 380 196 540 250 600M538 330C610 380 604 540 550 600", darker(canvas, 0.35), 24)
    p.path(
        "M268 290Q400 270 532 290L556 590Q556 628 520 630H280Q244 628 244 590Z",
        p.turned_paint(canvas, 244, 556),
    )
    p.path(
        "M262 236Q400 218 538 236L546 306Q400 330 254 306Z",
        p.turned_paint(lighter(canvas, 0.08), 254, 546),
    )
    p.path(
        "M262 236Q400 218 538 236Q540 258 536 262Q400 246 264 262Q258 258 262 236Z",
        darker(canvas, 0.2),
    )
    p.path("M360 226C360 168 440 168 440 226", "none", stroke=leather, stroke_width=13)
    for x in (322, 478):
        p.line(f"M{x} 232V420", darker(leather, 0.15), 21)
        p.line(f"M{x - 2} 232V420", leather, 14)
        p.box(x - 19, 352, 38, 30, "none", 5, stroke=BRASS, stroke_width=6)
    p.path(
        "M290 452H510V584Q400 600 290 584Z",
        p.turned_paint(lighter(canvas, 0.06), 290, 510),
        stroke=tone,
        stroke_width=2.5,
        stroke_opacity=0.5,
    )
    p.path("M286 440H514V486Q400 506 286 486Z", p.turned_paint(darker(canvas, 0.1), 286, 514))
    p.box(386, 480, 28, 46, leather, 5)
    p.circle(400, 514, 6, BRASS)
    p.line("M258 600Q400 622 542 600", tone, 3, stroke_dasharray="7 6", opacity=0.6)


def tote(p: Picture, canvas: str, leather: str = LEATHER) -> None:
    """A waxed tote with leather handles."""
    p.shadow(400, 210)
    for d in ("M318 340C310 130 490 130 482 340",):
        p.line(d, darker(leather, 0.35), 16, transform="translate(14 -10)")
    body = "M210 320Q400 338 590 320L620 606Q620 630 594 632H206Q180 630 180 606Z"
    p.path(body, p.turned_paint(canvas, 180, 620))
    p.path("M210 320Q400 300 590 320Q400 340 210 320Z", darker(canvas, 0.55))
    p.path(
        "M192 520Q400 540 608 520L620 606Q620 630 594 632H206Q180 630 180 606Z",
        darker(canvas, 0.22),
    )
    p.line("M318 430V350C310 150 490 150 482 350V430", darker(leather, 0.15), 19)
    p.line("M316 430V350C308 146 488 146 480 350V430", lighter(leather, 0.08), 10)
    for x in (318, 482):
        p.box(x - 17, 400, 34, 50, leather, 6)
        p.circle(x, 414, 5.5, BRASS)
        p.circle(x, 438, 5.5, BRASS)
    p.line(
        "M206 340Q400 358 594 340M190 536Q400 556 610 536",
        darker(canvas, 0.5),
        3,
        stroke_dasharray="7 6",
        opacity=0.6,
    )


def duffel(p: Picture, canvas: str, leather: str = LEATHER) -> None:
    """A weekend bag."""
    p.shadow(400, 290)
    p.path(
        "M130 450Q130 372 210 366H590Q670 372 670 450V590Q670 630 620 632H180Q130 630 130 590Z",
        p.turned_paint(canvas, 130, 670),
    )
    p.path(
        "M150 400Q170 366 220 362H580Q630 366 650 400Q400 420 150 400Z",
        p.falling_paint(canvas, 340, 430, 0.3),
    )
    p.line("M180 388Q400 402 620 388", BRASS, 6, stroke_dasharray="5 4")
    for x in (270, 530):
        p.box(x - 22, 366, 44, 266, p.falling_paint(leather, 366, 632), 0)
    p.line("M262 480C260 240 540 240 538 480", darker(leather, 0.25), 21)
    p.line("M260 478C258 244 536 244 534 478", lighter(leather, 0.1), 12)
    p.box(356, 286, 88, 34, darker(leather, 0.3), 14)
    p.path("M130 560Q400 580 670 560V590Q670 630 620 632H180Q130 630 130 590Z", darker(leather, 0.12))
    for x in (270, 530):
        p.box(x - 26, 470, 52, 40, "none", 6, stroke=BRASS, stroke_width=7)
    p.box(588, 470, 44, 66, leather, 6)
    p.circle(610, 484, 5, BRASS)


def wash_bag(p: Picture, canvas: str, leather: str = LEATHER) -> None:
    """A zipped wash bag with a toothbrush showing."""
    p.shadow(400, 230)
    p.line("M520 420L560 260", "#7d9a86", 13)
    p.box(548, 206, 26, 66, CHALK, 6, transform="rotate(14 560 240)")
    p.path(
        "M190 440Q190 408 230 404H570Q610 408 610 440L632 590Q632 630 590 632H210Q168 630 168 590Z",
        p.turned_paint(canvas, 168, 632),
    )
    p.path("M196 424Q400 442 604 424L606 440Q400 460 194 440Z", darker(canvas, 0.5))
    p.line("M202 432Q400 450 598 432", BRASS, 6, stroke_dasharray="5 4")
    p.line("M214 438l-8 52", leather, 12)
    p.path("M170 556Q400 576 630 556L632 590Q632 630 590 632H210Q168 630 168 590Z", leather)
    p.path("M610 470q66 20 44 92", "none", stroke=leather, stroke_width=15)
    sheen(p, "M214 510L206 546", 9, 0.3)


def notebook(p: Picture, cover: str, ribbon: str) -> None:
    """A cloth-bound notebook with a pencil."""
    with p.turned(-9), p.lifted():
        p.box(222, 150, 370, 510, darker(cover, 0.45), 12)
        p.box(226, 152, 360, 500, CHALK, 8)
        p.line("M580 160V646M574 160V646", darker(CHALK, 0.3), 2)
        p.box(210, 140, 366, 510, p.slanted_paint(cover, 0.22), 12)
        p.box(210, 140, 52, 510, darker(cover, 0.25), 10)
        p.line("M520 142V648", ribbon, 14)
        p.box(320, 250, 160, 96, CHALK, 4)
        p.line("M340 284H460M340 312H424", darker(cover, 0.2), 5)
        p.line("M300 650v56l12-14l12 14v-56", ribbon, 9)
    with p.turned(24, 600, 500), p.lifted(0.6):
        p.box(632, 300, 22, 290, p.linear(632, 0, 654, 0, (0, "#e9b84d"), (1, "#bd8a2c")))
        p.path("M632 590H654L643 636Z", "#e7cfa4")
        p.path("M639 618H647L643 636Z", darker(cover, 0.8))
        p.box(632, 278, 22, 26, "#c98b83", 4)


def wallet(p: Picture, leather: str) -> None:
    """A slim card holder with three cards."""
    with p.turned(-14), p.lifted():
        for i, card in enumerate(("#dfe6e2", "#c9d4d6", "#e6d7bd")):
            p.box(232 + i * 8, 232 + i * 34, 336 - i * 16, 180, card, 16)
        p.path(rounded(196, 330, 408, 260, 26), p.slanted_paint(leather, 0.26))
        p.path(
            "M196 384Q400 430 604 384V356Q604 330 578 330H222Q196 330 196 356Z",
            darker(leather, 0.2),
        )
        p.path("M196 396Q330 424 356 344Q360 330 440 330H222Q196 330 196 356Z", lighter(leather, 0.1))
        p.line(
            "M214 400V570Q214 574 220 574H580Q586 574 586 568V404",
            lighter(leather, 0.55),
            3.5,
            stroke_dasharray="9 7",
            opacity=0.8,
        )


def belt(p: Picture, leather: str) -> None:
    """A coiled belt with a brass buckle."""
    coil = "M400 400C440 360 500 420 450 480C380 550 260 490 270 370C290 230 480 190 570 300C660 430 590 620 430 640"
    with p.turned(-20), p.lifted():
        p.line(coil, darker(leather, 0.4), 54, stroke_linecap="butt")
        p.line(coil, leather, 46, stroke_linecap="butt")
        p.line(
            coil,
            lighter(leather, 0.4),
            3,
            stroke_dasharray="9 8",
            transform="translate(-2 -3)",
            opacity=0.7,
        )
        p.path("M436 664L350 660Q322 640 346 614L424 616Z", leather)
        p.box(352, 590, 90, 100, "none", 12, stroke=darker(BRASS, 0.2), stroke_width=15)
        p.box(352, 588, 90, 98, "none", 12, stroke=lighter(BRASS, 0.25), stroke_width=8)
        p.line("M440 640H340", BRASS, 9)
