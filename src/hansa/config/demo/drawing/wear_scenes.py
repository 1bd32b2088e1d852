"""The pictures of the demo shop's wardrobe and outdoor departments."""

from functools import partial

from hansa.config.demo.drawing import accessories, bags, clothing, outdoors
from hansa.config.demo.drawing import colours as c
from hansa.config.demo.drawing.picture import Stage
from hansa.config.demo.drawing.scene import Scene

KNITWEAR = (
    Scene(
        "skerry-jumper-oat",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(clothing.jumper, yarn=c.OAT),
        size=1.14,
    ),
    Scene(
        "skerry-jumper-night",
        c.WALL_OAT,
        Stage.FLAT,
        partial(clothing.jumper, yarn=c.NIGHT),
        size=1.14,
    ),
    Scene(
        "skerry-jumper-rust",
        c.WALL_MIST,
        Stage.FLAT,
        partial(clothing.jumper, yarn=c.RUST),
        size=1.14,
    ),
    Scene(
        "skerry-jumper-cables",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(clothing.jumper, yarn=c.OAT),
        close_up=(400, 280, 2.1),
    ),
    Scene(
        "hollin-cardigan-moss",
        c.WALL_OAT,
        Stage.FLAT,
        partial(clothing.cardigan, yarn=c.MOSS, buttons=c.WALNUT),
        size=1.14,
    ),
    Scene(
        "hollin-cardigan-plum",
        c.WALL_BLUSH,
        Stage.FLAT,
        partial(clothing.cardigan, yarn=c.PLUM, buttons=c.BRASS),
        size=1.14,
    ),
    Scene(
        "watch-cap-ochre",
        c.WALL_MIST,
        Stage.SUN,
        partial(accessories.beanie, yarn=c.OCHRE),
        size=1.08,
    ),
    Scene(
        "watch-cap-fjord",
        c.WALL_BLUSH,
        Stage.SUN,
        partial(accessories.beanie, yarn=c.FJORD),
        size=1.08,
    ),
    Scene(
        "watch-cap-charcoal",
        c.WALL_SAGE,
        Stage.SUN,
        partial(accessories.beanie, yarn=c.CHARCOAL),
        size=1.08,
    ),
    Scene(
        "trail-socks-oat",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(accessories.socks, yarn=c.OAT, trim=c.RUST),
    ),
    Scene(
        "trail-socks-fjord",
        c.WALL_BLUSH,
        Stage.FLAT,
        partial(accessories.socks, yarn=c.FJORD, trim=c.OCHRE),
    ),
    Scene(
        "trail-socks-moss",
        c.WALL_OAT,
        Stage.FLAT,
        partial(accessories.socks, yarn=c.MOSS, trim=c.CHALK),
    ),
    Scene(
        "drift-scarf-mist",
        c.WALL_OAT,
        Stage.WALL,
        partial(accessories.scarf, yarn=c.MIST, stripe=c.FJORD),
    ),
    Scene(
        "drift-scarf-rose",
        c.WALL_SAGE,
        Stage.WALL,
        partial(accessories.scarf, yarn=c.ROSE, stripe=c.PLUM),
    ),
    Scene(
        "rime-mittens",
        c.WALL_MIST,
        Stage.FLAT,
        partial(accessories.mittens, yarn=c.NIGHT, motif=c.CHALK),
    ),
    Scene(
        "orchard-slipover",
        c.WALL_STRAW,
        Stage.FLAT,
        partial(clothing.slipover, yarn=c.SPRUCE, trim=c.OCHRE),
        size=1.14,
    ),
)

CLOTHING = (
    Scene(
        "sunday-shirt-chalk",
        c.WALL_MIST,
        Stage.FLAT,
        partial(clothing.shirt, linen=c.CHALK),
        size=1.14,
    ),
    Scene(
        "sunday-shirt-mist",
        c.WALL_BLUSH,
        Stage.FLAT,
        partial(clothing.shirt, linen=c.MIST),
        size=1.14,
    ),
    Scene(
        "sunday-shirt-sage",
        c.WALL_OAT,
        Stage.FLAT,
        partial(clothing.shirt, linen=c.SAGE),
        size=1.14,
    ),
    Scene(
        "yard-jacket-fjord",
        c.WALL_OAT,
        Stage.FLAT,
        partial(clothing.yard_jacket, canvas=c.FJORD),
        size=1.14,
    ),
    Scene(
        "yard-jacket-cocoa",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(clothing.yard_jacket, canvas=c.COCOA),
        size=1.14,
    ),
    Scene(
        "yard-jacket-pocket",
        c.WALL_OAT,
        Stage.FLAT,
        partial(clothing.yard_jacket, canvas=c.FJORD),
        close_up=(450, 360, 2.1),
    ),
    Scene(
        "squall-jacket-ochre",
        c.WALL_MIST,
        Stage.FLAT,
        partial(clothing.rain_jacket, coat=c.OCHRE),
        size=1.14,
    ),
    Scene(
        "squall-jacket-spruce",
        c.WALL_BLUSH,
        Stage.FLAT,
        partial(clothing.rain_jacket, coat=c.SPRUCE),
        size=1.14,
    ),
    Scene("heavy-tee-chalk", c.WALL_SAGE, Stage.FLAT, partial(clothing.tee, cotton=c.CHALK), size=1.14),
    Scene(
        "heavy-tee-slate",
        c.WALL_STRAW,
        Stage.FLAT,
        partial(clothing.tee, cotton=c.SLATE),
        size=1.14,
    ),
    Scene("heavy-tee-rust", c.WALL_MIST, Stage.FLAT, partial(clothing.tee, cotton=c.RUST), size=1.14),
    Scene("orchard-trousers", c.WALL_MIST, Stage.FLAT, partial(accessories.trousers, cloth=c.SAND)),
    Scene("bakehouse-apron-slate", c.WALL_BLUSH, Stage.WALL, partial(accessories.apron, cloth=c.SLATE)),
    Scene("bakehouse-apron-oat", c.WALL_SAGE, Stage.WALL, partial(accessories.apron, cloth=c.OAT)),
    Scene("drizzle-hat", c.WALL_STRAW, Stage.SUN, partial(accessories.bucket_hat, cloth=c.MOSS)),
)

CAMP = (
    Scene(
        "enamel-mug-chalk",
        c.WALL_SAGE,
        Stage.HILLS,
        partial(outdoors.enamel_mug, enamel=c.CHALK),
        size=1.22,
    ),
    Scene(
        "enamel-mug-spruce",
        c.WALL_STRAW,
        Stage.HILLS,
        partial(outdoors.enamel_mug, enamel=c.SPRUCE, edge=c.OAT),
        size=1.22,
    ),
    Scene(
        "vacuum-flask-moss",
        c.WALL_BLUSH,
        Stage.HILLS,
        partial(outdoors.flask, paint=c.MOSS),
        size=1.15,
    ),
    Scene(
        "vacuum-flask-night",
        c.WALL_MIST,
        Stage.HILLS,
        partial(outdoors.flask, paint=c.NIGHT),
        size=1.15,
    ),
    Scene("camp-chair", c.WALL_SAGE, Stage.HILLS, partial(outdoors.camp_chair, canvas=c.OCHRE)),
    Scene("kindling-hatchet", c.WALL_OAT, Stage.FLAT, outdoors.hatchet),
    Scene("kindling-hatchet-birch", c.WALL_SAGE, Stage.FLAT, outdoors.kindling),
    Scene("pocket-knife", c.WALL_STRAW, Stage.FLAT, partial(outdoors.pocket_knife, wood=c.WALNUT)),
    Scene("ridge-tent", c.WALL_MIST, Stage.HILLS, partial(outdoors.tent, canvas=c.OCHRE)),
    Scene("ridge-tent-night", c.WALL_DUSK, Stage.HILLS, partial(outdoors.tent, canvas=c.OCHRE)),
    Scene(
        "wren-nest-box",
        c.WALL_SAGE,
        Stage.WALL,
        partial(outdoors.nest_box, wood=c.BIRCH, roof=c.SLATE),
        size=1.15,
    ),
    Scene(
        "watering-can-zinc",
        c.WALL_BLUSH,
        Stage.SUN,
        partial(outdoors.watering_can, metal=c.ZINC),
        size=1.1,
    ),
    Scene(
        "watering-can-spruce",
        c.WALL_OAT,
        Stage.SUN,
        partial(outdoors.watering_can, metal=c.SPRUCE),
        size=1.1,
    ),
)

BAGS = (
    Scene("rolltop-rucksack-moss", c.WALL_OAT, Stage.HILLS, partial(bags.backpack, canvas=c.MOSS)),
    Scene("rolltop-rucksack-ochre", c.WALL_MIST, Stage.HILLS, partial(bags.backpack, canvas=c.OCHRE)),
    Scene("rolltop-rucksack-night", c.WALL_BLUSH, Stage.HILLS, partial(bags.backpack, canvas=c.NIGHT)),
    Scene("waxed-tote-sand", c.WALL_SAGE, Stage.ARCH, partial(bags.tote, canvas=c.SAND), size=1.05),
    Scene("waxed-tote-slate", c.WALL_BLUSH, Stage.ARCH, partial(bags.tote, canvas=c.SLATE), size=1.05),
    Scene("weekender-spruce", c.WALL_STRAW, Stage.SUN, partial(bags.duffel, canvas=c.SPRUCE)),
    Scene("weekender-rust", c.WALL_MIST, Stage.SUN, partial(bags.duffel, canvas=c.RUST)),
    Scene("wash-bag", c.WALL_MIST, Stage.PLAIN, partial(bags.wash_bag, canvas=c.MOSS)),
    Scene(
        "field-notebook",
        c.WALL_SAGE,
        Stage.FLAT,
        partial(bags.notebook, cover=c.FJORD, ribbon=c.RUST),
    ),
    Scene("card-wallet-tan", c.WALL_MIST, Stage.FLAT, partial(bags.wallet, leather=c.LEATHER)),
    Scene("card-wallet-cocoa", c.WALL_OAT, Stage.FLAT, partial(bags.wallet, leather=c.COCOA)),
    Scene("bridle-belt", c.WALL_SAGE, Stage.FLAT, partial(bags.belt, leather=c.LEATHER)),
)

SCENES = (*KNITWEAR, *CLOTHING, *CAMP, *BAGS)
