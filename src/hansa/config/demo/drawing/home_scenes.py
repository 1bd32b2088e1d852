"""The pictures of the demo shop's kitchen and home departments."""

from functools import partial

from hansa.config.demo.drawing import colours as c
from hansa.config.demo.drawing import kitchen, light, tableware, textiles
from hansa.config.demo.drawing.picture import Stage
from hansa.config.demo.drawing.scene import Scene

CERAMICS = (
    Scene("stoneware-mug-oat", c.WALL_SAGE, Stage.SUN, partial(tableware.mug, glaze=c.CHALK), size=1.2),
    Scene(
        "stoneware-mug-fjord",
        c.WALL_OAT,
        Stage.SUN,
        partial(tableware.mug, glaze=c.FJORD),
        size=1.2,
    ),
    Scene(
        "stoneware-mug-moss",
        c.WALL_BLUSH,
        Stage.SUN,
        partial(tableware.mug, glaze=c.MOSS),
        size=1.2,
    ),
    Scene("morning-bowl-oat", c.WALL_MIST, Stage.ARCH, partial(tableware.bowl, glaze=c.OAT), size=1.2),
    Scene("morning-bowl-rust", c.WALL_OAT, Stage.ARCH, partial(tableware.bowl, glaze=c.RUST), size=1.2),
    Scene(
        "morning-bowl-mist",
        c.WALL_STRAW,
        Stage.ARCH,
        partial(tableware.bowl, glaze=c.MIST),
        size=1.2,
    ),
    Scene("dinner-plate-sand", c.WALL_SAGE, Stage.FLAT, partial(tableware.plate, glaze=c.CHALK)),
    Scene(
        "dinner-plate-slate",
        c.WALL_BLUSH,
        Stage.FLAT,
        partial(tableware.plate, glaze=c.SLATE, clay=c.CLAY),
    ),
    Scene(
        "dinner-plate-laid",
        c.WALL_OAT,
        Stage.FLAT,
        partial(tableware.laid_plate, glaze=c.CHALK, cloth=c.MIST),
    ),
    Scene(
        "pebble-serving-dish",
        c.WALL_MIST,
        Stage.FLAT,
        partial(tableware.serving_dish, glaze=c.CHALK),
    ),
    Scene("spruce-jug", c.WALL_STRAW, Stage.SUN, partial(tableware.jug, glaze=c.SPRUCE), size=1.15),
    Scene(
        "spruce-jug-handle",
        c.WALL_STRAW,
        Stage.PLAIN,
        partial(tableware.jug, glaze=c.SPRUCE),
        close_up=(470, 420, 1.9),
    ),
    Scene("salt-pig", c.WALL_SAGE, Stage.ARCH, tableware.salt_pig, size=1.2),
    Scene("heron-vase", c.WALL_BLUSH, Stage.ARCH, partial(tableware.vase, glaze=c.FJORD)),
    Scene(
        "heron-vase-empty",
        c.WALL_OAT,
        Stage.SUN,
        partial(tableware.vase, glaze=c.FJORD, twigs=False),
        size=1.25,
    ),
    Scene(
        "stoneware-teapot",
        c.WALL_OAT,
        Stage.SUN,
        partial(tableware.teapot, glaze=c.MIST),
        size=1.12,
    ),
    Scene(
        "stoneware-teapot-set",
        c.WALL_SAGE,
        Stage.PLAIN,
        partial(tableware.tea_set, glaze=c.MIST, tea="#b9793a"),
    ),
)

KITCHEN = (
    Scene(
        "chefs-knife-walnut",
        c.WALL_MIST,
        Stage.FLAT,
        partial(kitchen.knife, kind="chef", wood=c.WALNUT),
    ),
    Scene(
        "chefs-knife-ash",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(kitchen.knife, kind="chef", wood=c.BIRCH),
    ),
    Scene("chefs-knife-board", c.WALL_OAT, Stage.FLAT, kitchen.block_set),
    Scene(
        "paring-knife",
        c.WALL_BLUSH,
        Stage.FLAT,
        partial(kitchen.knife, kind="paring", wood=c.WALNUT, angle=-40),
        size=1.15,
    ),
    Scene(
        "bread-knife",
        c.WALL_STRAW,
        Stage.FLAT,
        partial(kitchen.knife, kind="bread", wood=c.OAK, angle=-24),
    ),
    Scene("oak-board", c.WALL_SAGE, Stage.PLAIN, partial(kitchen.board, wood=c.OAK), size=1.12),
    Scene("oak-board-sizes", c.WALL_OAT, Stage.SUN, partial(kitchen.boards, wood=c.OAK)),
    Scene("birch-spoons", c.WALL_BLUSH, Stage.FLAT, kitchen.spoons),
    Scene("hearth-skillet", c.WALL_OAT, Stage.FLAT, kitchen.skillet),
    Scene("hearth-skillet-breakfast", c.WALL_STRAW, Stage.FLAT, partial(kitchen.skillet, egg=True)),
    Scene(
        "enamel-casserole-rust",
        c.WALL_OAT,
        Stage.ARCH,
        partial(kitchen.casserole, enamel=c.RUST),
        size=1.08,
    ),
    Scene(
        "enamel-casserole-spruce",
        c.WALL_BLUSH,
        Stage.ARCH,
        partial(kitchen.casserole, enamel=c.SPRUCE),
        size=1.08,
    ),
    Scene(
        "enamel-casserole-open",
        c.WALL_SAGE,
        Stage.PLAIN,
        partial(kitchen.casserole, enamel=c.RUST, lid=False),
        size=1.08,
    ),
    Scene("whetstone", c.WALL_MIST, Stage.SUN, partial(kitchen.whetstone, stone=c.SLATE), size=1.1),
)

LIGHT = (
    Scene(
        "dusk-table-lamp-linen",
        c.WALL_BLUSH,
        Stage.PLAIN,
        partial(light.table_lamp, shade=c.SAND, base=c.SPRUCE),
    ),
    Scene(
        "dusk-table-lamp-rust",
        c.WALL_MIST,
        Stage.PLAIN,
        partial(light.table_lamp, shade=c.RUST, base=c.OAK),
    ),
    Scene(
        "dusk-table-lamp-moss",
        c.WALL_OAT,
        Stage.PLAIN,
        partial(light.table_lamp, shade=c.MOSS, base=c.WALNUT),
    ),
    Scene("headland-pendant-chalk", c.WALL_DUSK, Stage.FLAT, partial(light.pendant, enamel=c.CHALK)),
    Scene("headland-pendant-ochre", c.WALL_DUSK, Stage.FLAT, partial(light.pendant, enamel=c.OCHRE)),
    Scene("crane-desk-lamp-brass", c.WALL_SAGE, Stage.PLAIN, partial(light.desk_lamp, metal=c.BRASS)),
    Scene("crane-desk-lamp-ink", c.WALL_STRAW, Stage.PLAIN, partial(light.desk_lamp, metal=c.NIGHT)),
    Scene("beeswax-pillar", c.WALL_DUSK, Stage.ARCH, light.pillars),
    Scene(
        "dinner-candles-ivory",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(light.dinner_candles, wax="#f1e4c9"),
    ),
    Scene("dinner-candles-rust", c.WALL_OAT, Stage.FLAT, partial(light.dinner_candles, wax=c.RUST)),
    Scene("dinner-candles-fjord", c.WALL_BLUSH, Stage.FLAT, partial(light.dinner_candles, wax=c.FJORD)),
    Scene("dinner-candles-plum", c.WALL_MIST, Stage.FLAT, partial(light.dinner_candles, wax=c.PLUM)),
    Scene(
        "scented-candle-spruce",
        c.WALL_SAGE,
        Stage.SUN,
        partial(light.jar_candle, jar=c.SPRUCE, label=c.CHALK, twig=c.SPRUCE),
        size=1.2,
    ),
    Scene(
        "scented-candle-woodsmoke",
        c.WALL_BLUSH,
        Stage.SUN,
        partial(light.jar_candle, jar=c.CHARCOAL, label=c.OAT, twig=c.RUST),
        size=1.2,
    ),
    Scene(
        "scented-candle-tansy",
        c.WALL_STRAW,
        Stage.SUN,
        partial(light.jar_candle, jar=c.OCHRE, label=c.CHALK, twig=c.OCHRE),
        size=1.2,
    ),
    Scene("storm-lantern", c.WALL_DUSK, Stage.HILLS, partial(light.storm_lantern, metal=c.ZINC)),
    Scene("turned-candlestick-oak", c.WALL_MIST, Stage.ARCH, partial(light.candlesticks, wood=c.OAK)),
    Scene(
        "turned-candlestick-walnut",
        c.WALL_OAT,
        Stage.ARCH,
        partial(light.candlesticks, wood=c.WALNUT),
    ),
)

TEXTILES = (
    Scene(
        "fell-blanket-oat",
        c.WALL_SAGE,
        Stage.PLAIN,
        partial(textiles.folded_blanket, wool=c.OAT, stripe=c.COCOA),
    ),
    Scene(
        "fell-blanket-fjord",
        c.WALL_OAT,
        Stage.PLAIN,
        partial(textiles.folded_blanket, wool=c.FJORD, stripe=c.OAT),
    ),
    Scene(
        "fell-blanket-rust",
        c.WALL_MIST,
        Stage.PLAIN,
        partial(textiles.folded_blanket, wool=c.RUST, stripe=c.SAND),
    ),
    Scene(
        "fell-blanket-hung",
        c.WALL_BLUSH,
        Stage.WALL,
        partial(textiles.hung_blanket, wool=c.FJORD, stripe=c.OAT),
    ),
    Scene(
        "linen-bedding-chalk",
        c.WALL_MIST,
        Stage.PLAIN,
        partial(textiles.bedding, linen=c.CHALK, second=c.OAT),
    ),
    Scene(
        "linen-bedding-mist",
        c.WALL_OAT,
        Stage.PLAIN,
        partial(textiles.bedding, linen=c.MIST, second=c.CHALK),
    ),
    Scene(
        "linen-bedding-rose",
        c.WALL_SAGE,
        Stage.PLAIN,
        partial(textiles.bedding, linen=c.ROSE, second=c.OAT),
    ),
    Scene(
        "linen-bedding-sage",
        c.WALL_BLUSH,
        Stage.PLAIN,
        partial(textiles.bedding, linen=c.SAGE, second=c.CHALK),
    ),
    Scene(
        "linen-tea-towel",
        c.WALL_SAGE,
        Stage.WALL,
        partial(textiles.hung_towel, linen=c.CHALK, stripe=c.FJORD),
    ),
    Scene(
        "linen-tea-towel-rust",
        c.WALL_MIST,
        Stage.WALL,
        partial(textiles.hung_towel, linen=c.CHALK, stripe=c.RUST),
    ),
    Scene(
        "linen-cushion-oat",
        c.WALL_MIST,
        Stage.PLAIN,
        partial(textiles.cushion, linen=c.OAT, stripe=c.FJORD),
    ),
    Scene(
        "linen-cushion-ochre",
        c.WALL_SAGE,
        Stage.PLAIN,
        partial(textiles.cushion, linen=c.OCHRE, stripe=c.CHALK),
    ),
    Scene(
        "linen-cushion-plum",
        c.WALL_BLUSH,
        Stage.PLAIN,
        partial(textiles.cushion, linen=c.PLUM, stripe=c.ROSE),
    ),
    Scene(
        "waffle-towel-chalk",
        c.WALL_BLUSH,
        Stage.WALL,
        partial(textiles.hung_towel, linen=c.CHALK, stripe=c.RUST, waffle=True),
    ),
    Scene(
        "waffle-towel-moss",
        c.WALL_OAT,
        Stage.WALL,
        partial(textiles.hung_towel, linen=c.MOSS, stripe=c.OAT, waffle=True),
    ),
    Scene(
        "waffle-towel-stack",
        c.WALL_MIST,
        Stage.SUN,
        partial(textiles.towel_stack, colours=(c.CHALK, c.MOSS, c.CHALK, c.SAGE)),
    ),
    Scene(
        "braided-rug",
        c.WALL_OAT,
        Stage.FLAT,
        partial(textiles.round_rug, fibre=c.SAND, edge=c.COCOA),
    ),
    Scene("sheepskin", c.WALL_DUSK, Stage.FLAT, partial(textiles.sheepskin, wool="#eee3d0")),
    Scene(
        "linen-tablecloth",
        c.WALL_SAGE,
        Stage.PLAIN,
        partial(textiles.laid_table, linen=c.CHALK, edge=c.RUST),
    ),
)

SCENES = (*CERAMICS, *KITCHEN, *LIGHT, *TEXTILES)
