"""The pictures of the rival's coffee and tea roastery, on warmer walls."""

from functools import partial

from hansa.config.demo.drawing import coffee, outdoors, tableware, textiles
from hansa.config.demo.drawing import colours as c
from hansa.config.demo.drawing.picture import Stage
from hansa.config.demo.drawing.scene import Scene

COFFEE = (
    Scene(
        "cinder-harbour-espresso",
        c.WALL_MUSTARD,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.NIGHT, label=c.CHALK, kind="waves"),
    ),
    Scene(
        "cinder-night-shift",
        c.WALL_BERRY,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.CHARCOAL, label=c.OCHRE, kind="moon"),
    ),
    Scene(
        "cinder-velvet-hour",
        c.WALL_LATTE,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.PLUM, label=c.OAT, kind="berry"),
    ),
    Scene(
        "cinder-dusk-decaf",
        c.WALL_TEAL,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.SLATE, label=c.CHALK, kind="sun"),
    ),
    Scene("cinder-beans", c.WALL_LATTE, Stage.FLAT, coffee.beans),
    Scene(
        "cinder-highland-filter",
        c.WALL_PINE,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.CHALK, label=c.RUST, kind="peaks"),
    ),
    Scene(
        "cinder-first-light",
        c.WALL_TERRACOTTA,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.OCHRE, label=c.CHALK, kind="sun"),
    ),
    Scene(
        "cinder-river-washed",
        c.WALL_MUSTARD,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.FJORD, label=c.CHALK, kind="waves"),
    ),
    Scene(
        "cinder-wild-plum",
        c.WALL_TEAL,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.ROSE, label=c.PLUM, kind="berry"),
    ),
    Scene(
        "cinder-garden-gate",
        c.WALL_LATTE,
        Stage.ARCH,
        partial(coffee.coffee_bag, paper=c.SPRUCE, label=c.OAT, kind="flower"),
    ),
)

TEA = (
    Scene(
        "cinder-breakfast-tea",
        c.WALL_TERRACOTTA,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.RUST, label=c.OAT, kind="sun"),
    ),
    Scene(
        "cinder-bergamot-grey",
        c.WALL_MUSTARD,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.SLATE, label=c.CHALK, kind="flower"),
    ),
    Scene(
        "cinder-pine-smoke",
        c.WALL_PINE,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.CHARCOAL, label=c.OAT, kind="smoke"),
    ),
    Scene(
        "cinder-hill-chai",
        c.WALL_BERRY,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.OCHRE, label=c.CHALK, kind="peaks"),
    ),
    Scene(
        "cinder-spring-sencha",
        c.WALL_LATTE,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.MOSS, label=c.CHALK, kind="leaf"),
    ),
    Scene(
        "cinder-garden-mint",
        c.WALL_TEAL,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.SPRUCE, label=c.OAT, kind="leaf"),
    ),
    Scene(
        "cinder-chamomile",
        c.WALL_PINE,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.OCHRE, label=c.CHALK, kind="flower"),
    ),
    Scene(
        "cinder-red-bush",
        c.WALL_MUSTARD,
        Stage.SUN,
        partial(coffee.tea_tin, paint=c.PLUM, label=c.OAT, kind="berry"),
    ),
)

EQUIPMENT = (
    Scene(
        "cinder-cone-dripper",
        c.WALL_TERRACOTTA,
        Stage.PLAIN,
        partial(coffee.dripper, glaze=c.CHALK),
    ),
    Scene("cinder-french-press", c.WALL_TEAL, Stage.PLAIN, partial(coffee.french_press, metal=c.BRASS)),
    Scene(
        "cinder-moka-pot-steel",
        c.WALL_MUSTARD,
        Stage.PLAIN,
        partial(coffee.moka, metal=c.STEEL),
        size=1.1,
    ),
    Scene(
        "cinder-moka-pot-copper",
        c.WALL_PINE,
        Stage.PLAIN,
        partial(coffee.moka, metal=c.COPPER),
        size=1.1,
    ),
    Scene(
        "cinder-swan-kettle",
        c.WALL_BERRY,
        Stage.PLAIN,
        partial(coffee.kettle, metal=c.STEEL),
        size=1.08,
    ),
    Scene(
        "cinder-hand-grinder",
        c.WALL_LATTE,
        Stage.PLAIN,
        partial(coffee.grinder, metal=c.STEEL),
        size=1.15,
    ),
    Scene(
        "cinder-stoneware-teapot",
        c.WALL_MUSTARD,
        Stage.ARCH,
        partial(tableware.teapot, glaze=c.CHARCOAL, clay=c.CLAY),
        size=1.12,
    ),
    Scene(
        "cinder-enamel-mug",
        c.WALL_TERRACOTTA,
        Stage.SUN,
        partial(outdoors.enamel_mug, enamel=c.NIGHT, edge=c.OCHRE),
        size=1.22,
    ),
    Scene(
        "cinder-vacuum-flask",
        c.WALL_PINE,
        Stage.SUN,
        partial(outdoors.flask, paint=c.RUST),
        size=1.15,
    ),
    Scene(
        "cinder-linen-tea-towel",
        c.WALL_TEAL,
        Stage.WALL,
        partial(textiles.hung_towel, linen=c.OAT, stripe=c.COCOA),
    ),
    Scene(
        "cinder-paper-filters",
        c.WALL_BERRY,
        Stage.FLAT,
        partial(coffee.filters, paper="#ead9bb"),
        close_up=(400, 420, 0.84),
    ),
    Scene(
        "cinder-brew-scale",
        c.WALL_LATTE,
        Stage.PLAIN,
        partial(coffee.scale, body=c.CHARCOAL),
        size=1.15,
    ),
    Scene(
        "cinder-walnut-tamper",
        c.WALL_TEAL,
        Stage.ARCH,
        partial(coffee.tamper, wood=c.WALNUT),
        size=1.25,
    ),
    Scene(
        "cinder-breakfast-cups",
        c.WALL_MUSTARD,
        Stage.PLAIN,
        partial(coffee.cupping_set, glaze=c.FJORD),
        size=1.1,
    ),
    Scene(
        "cinder-drinking-chocolate",
        c.WALL_LATTE,
        Stage.FLAT,
        partial(coffee.chocolate, wrapper=c.PLUM),
    ),
)

SCENES = (*COFFEE, *TEA, *EQUIPMENT)
