"""Ceramics: mugs, bowls, plates, jugs, vases, a teapot."""

from hansa.config.demo.drawing.colours import BIRCH, CLAY, LEMON, STONE, darker, lighter
from hansa.config.demo.drawing.forms import (
    band,
    closed,
    rim,
    sheen,
    speckles,
    sprig,
    turned,
)
from hansa.config.demo.drawing.picture import CENTRE, FLOOR, Picture


def mug(p: Picture, glaze: str, clay: str = STONE) -> None:
    """A stoneware mug, dipped in glaze, its foot left bare."""
    p.shadow(400, 150)
    p.line("M500 410C610 385 625 545 492 552", darker(clay, 0.12), 30)
    p.line("M500 408C606 384 620 540 492 548", lighter(glaze, 0.08), 22)
    sheen(p, "M520 408C575 400 598 440 592 482", 5)
    profile = [(122, 360), (122, 360), (127, 440), (124, 550), (98, FLOOR - 8), (98, FLOOR - 8)]
    outline = turned(p, clay, profile, 385)
    band(p, outline, glaze, 330, 548, 128, 385)
    speckles(p, outline, darker(glaze, 0.5), (260, 380, 510, 620))
    rim(p, glaze, 360, 122, 385)
    sheen(p, "M296 420C298 480 298 500 302 530", 12, 0.35)


def bowl(p: Picture, glaze: str, clay: str = STONE) -> None:
    """A deep bowl on a small foot."""
    p.shadow(400, 130)
    profile = [
        (205, 440), (205, 440), (190, 520), (130, 592), (78, 612), (74, 612), (70, FLOOR - 2),
        (70, FLOOR - 2),
    ]  # fmt: skip
    outline = turned(p, clay, profile, tilt=0.2)
    band(p, outline, glaze, 400, 545, 206, tilt=0.2)
    speckles(p, outline, darker(glaze, 0.5), (200, 480, 600, 610))
    rim(p, glaze, 440, 205, tilt=0.2)
    p.line("M238 455A170 32 0 0 0 562 455", lighter(glaze, 0.3), 3, opacity=0.35)
    sheen(p, "M225 498C235 540 262 568 290 584", 11, 0.3)


def plate(p: Picture, glaze: str, clay: str = STONE) -> None:
    """A dinner plate from above, with a twig beside it."""
    with p.lifted():
        p.circle(400, 400, 278, darker(clay, 0.15))
        p.circle(397, 396, 275, p.slanted_paint(clay, 0.2))
        p.circle(397, 396, 262, p.slanted_paint(glaze, 0.22))
    p.circle(401, 401, 196, darker(glaze, 0.22))
    p.circle(398, 397, 192, p.linear(250, 250, 560, 560, (0, darker(glaze, 0.1)), (1, lighter(glaze))))
    whole = "M140 400a258 258 0 0 1 516 0a258 258 0 0 1-516 0z"
    speckles(p, whole, darker(glaze, 0.5), (140, 140, 660, 660), 60)
    p.line("M205 300A215 215 0 0 1 320 200", lighter(glaze, 0.7), 9, opacity=0.4)


def laid_plate(p: Picture, glaze: str, cloth: str) -> None:
    """The plate on a folded napkin, with a twig."""
    with p.lifted(0.6), p.turned(-8):
        p.box(90, 150, 300, 560, p.slanted_paint(cloth), 6)
        for x in (112, 122):
            p.line(f"M{x} 150V710", lighter(cloth, 0.5), 3, opacity=0.7)
    with p.placed(40, -10, 0.86):
        plate(p, glaze)
    with p.turned(48, 430, 420), p.lifted(0.4):
        sprig(p, 430, 560, 300, 40)


def serving_dish(p: Picture, glaze: str, fruit: str = LEMON) -> None:
    """An oval dish from above with three lemons."""
    ring = [
        (110, 410),
        (180, 270),
        (380, 225),
        (600, 262),
        (695, 390),
        (640, 530),
        (430, 585),
        (210, 545),
    ]
    inner = [(400 + (x - 400) * 0.9, 405 + (y - 405) * 0.86) for x, y in ring]
    with p.lifted():
        p.path(closed(ring), p.slanted_paint(glaze, 0.3))
    p.path(
        closed(inner),
        p.linear(200, 230, 600, 580, (0, darker(glaze, 0.28)), (1, lighter(glaze, 0.2))),
    )
    speckles(p, closed(ring), darker(glaze, 0.5), (110, 225, 695, 585), 60)
    for x, y, angle in ((300, 400, -25), (420, 350, 15), (455, 470, -10)):
        with p.lifted(0.5), p.turned(angle, x, y):
            d = f"M{x - 92} {y}q10-12 24-26q68-56 136 0q14 14 24 26q-10 12-24 26q-68 56-136 0q-14-14-24-26z"
            p.path(
                d,
                p.linear(
                    x - 60,
                    y - 50,
                    x + 60,
                    y + 60,
                    (0, lighter(fruit, 0.4)),
                    (1, darker(fruit, 0.12)),
                ),
            )
        sheen(p, f"M{x - 40} {y - 22}q18-16 40-16", 8, 0.5)


def jug(p: Picture, glaze: str, clay: str = STONE) -> None:
    """A jug with a pulled handle."""
    p.shadow(395, 125)
    p.line("M470 330C610 300 610 490 508 520", darker(clay, 0.18), 30)
    p.line("M470 327C605 298 606 486 508 515", lighter(glaze, 0.05), 22)
    p.path("M316 290C286 268 268 262 258 268C262 300 290 330 322 352Z", darker(glaze, 0.04))
    profile = [
        (82, 285), (82, 285), (74, 340), (92, 400), (130, 480), (126, 570), (96, FLOOR - 4),
        (96, FLOOR - 4),
    ]  # fmt: skip
    outline = turned(p, clay, profile, 395)
    band(p, outline, glaze, 220, 520, 132, 395)
    speckles(p, outline, darker(glaze, 0.5), (260, 330, 530, 625))
    rim(p, glaze, 285, 82, 395)
    p.path("M322 294C296 274 274 264 258 268C276 276 300 288 330 292Z", lighter(glaze, 0.4))
    sheen(p, "M296 460C286 500 288 540 300 570", 13, 0.35)


def salt_pig(p: Picture, clay: str = CLAY) -> None:
    """A salt cellar with a wide mouth and a small spoon."""
    p.shadow(400, 165)
    p.path(
        "M262 622C210 500 250 330 398 312C560 330 590 500 540 622A140 20 0 0 1 262 622Z",
        p.turned_paint(clay, 235, 570),
    )
    p.ellipse(392, 452, 112, 98, lighter(clay, 0.35))
    p.ellipse(394, 456, 98, 85, p.linear(0, 370, 0, 540, (0, darker(clay, 0.75)), (1, darker(clay, 0.3))))
    p.path(
        "M306 498C340 470 370 488 396 474C430 462 462 486 484 494C462 545 330 548 306 498Z",
        "#fbf8f2",
    )
    p.line("M430 494L540 390", darker(BIRCH, 0.15), 17)
    p.line("M430 492L538 388", BIRCH, 12)
    p.ellipse(424, 498, 26, 15, BIRCH, transform="rotate(-40 424 498)")
    p.circle(398, 312, 15, p.turned_paint(clay, 383, 413))
    sheen(p, "M262 560C248 500 256 430 286 388", 11, 0.3)


def vase(p: Picture, glaze: str, twigs: bool = True) -> None:
    """A narrow-necked vase with twigs."""
    p.shadow(400, 120)
    if twigs:
        sprig(p, 396, 300, 200, -95, pairs=5)
        sprig(p, 404, 300, 230, 70, "#8a9a6c", 6)
    profile = [
        (44, 285), (44, 285), (32, 320), (44, 380), (110, 460), (128, 540), (88, FLOOR - 4),
        (88, FLOOR - 4),
    ]  # fmt: skip
    outline = turned(p, glaze, profile)
    band(p, outline, lighter(glaze, 0.5), 250, 400, 130)
    speckles(p, outline, darker(glaze, 0.55), (270, 300, 530, 625), 44)
    p.ellipse(400, 285, 44, 7.5, lighter(glaze, 0.7))
    p.ellipse(400, 286, 36, 5, darker(glaze, 0.5))
    sheen(p, "M306 490C290 530 296 570 316 598", 12, 0.32)


def teapot(p: Picture, glaze: str, clay: str = STONE) -> None:
    """A round teapot with a cane handle."""
    p.shadow(400, 150)
    p.path(
        "M275 545C210 530 205 450 152 412C170 398 200 404 214 416C250 450 262 470 300 476Z",
        darker(glaze, 0.06),
    )
    p.line("M302 432C290 250 510 250 498 432", darker(BIRCH, 0.25), 19)
    p.line("M301 430C290 250 508 250 497 430", BIRCH, 12, stroke_dasharray="14 4")
    profile = [
        (84, 420),
        (84, 420),
        (140, 462),
        (164, 530),
        (132, 600),
        (96, FLOOR - 3),
        (96, FLOOR - 3),
    ]
    outline = turned(p, clay, profile)
    band(p, outline, glaze, 360, 575, 165)
    speckles(p, outline, darker(glaze, 0.5), (240, 430, 560, 625))
    p.path("M312 418C320 372 480 372 488 418A88 15 0 0 1 312 418Z", p.turned_paint(glaze, 312, 488))
    p.ellipse(CENTRE, 374, 23, 17, p.turned_paint(clay, 377, 423))
    for x in (302, 498):
        p.ellipse(x, 434, 15, 12, darker(glaze, 0.2))
    sheen(p, "M268 500C256 530 262 560 276 582", 12, 0.35)


def tea_bowl(p: Picture, glaze: str, tea: str | None = None) -> None:
    """A small cup without a handle."""
    p.shadow(400, 92)
    profile = [(100, 485), (100, 485), (98, 560), (62, FLOOR - 4), (62, FLOOR - 4)]
    outline = turned(p, STONE, profile)
    band(p, outline, glaze, 440, 572, 102)
    speckles(p, outline, darker(glaze, 0.5), (300, 490, 500, 625), 20)
    rim(p, glaze, 485, 100)
    if tea:
        p.ellipse(400, 490, 86, 12, tea)
    sheen(p, "M318 520C320 550 326 570 338 590", 9)


def tea_set(p: Picture, glaze: str, tea: str) -> None:
    """The teapot with two cups."""
    with p.placed(-90, -20, 0.85):
        teapot(p, glaze)
    with p.placed(165, 28, 0.72):
        tea_bowl(p, glaze, tea)
    with p.placed(290, -8, 0.66):
        tea_bowl(p, lighter(glaze, 0.4), tea)
