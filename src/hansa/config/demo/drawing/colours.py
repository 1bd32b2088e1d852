"""The palette, and how a colour gets lighter or darker in our light."""

INK = "#22303a"
LIGHT = "#fff8ea"

# Glazes, yarns, cloth and paint.
OAT = "#e9dcc4"
CHALK = "#f4efe6"
SAND = "#d9c3a0"
LEMON = "#eac648"
OCHRE = "#d39a3c"
RUST = "#b5583a"
PLUM = "#713f52"
ROSE = "#d3a094"
MOSS = "#77835a"
SPRUCE = "#3a5548"
SAGE = "#a9b79b"
FJORD = "#3f627a"
MIST = "#a5bac2"
NIGHT = "#2c3c4c"
SLATE = "#616b70"
CHARCOAL = "#3b4145"
COCOA = "#5d4032"

# Materials.
CLAY = "#c0805a"
STONE = "#d2c2a8"
STEEL = "#c3ccd0"
ZINC = "#9fabb0"
IRON = "#3a3d40"
BRASS = "#c69a4b"
COPPER = "#bb6f47"
OAK = "#c99a63"
BIRCH = "#e2bf8c"
WALNUT = "#7c5238"
LEATHER = "#a5673c"
WAX = "#ecc878"
LEAF = "#6d7f55"
FLAME = "#f6b545"

# Walls to stand in front of.
WALL_OAT = "#efe6d6"
WALL_MIST = "#dbe4e6"
WALL_SAGE = "#dde4d6"
WALL_BLUSH = "#f0dcd0"
WALL_STRAW = "#f0e2bf"
WALL_LILAC = "#e2dce5"
WALL_DUSK = "#566b7a"

# The rival's walls: warmer and deeper.
WALL_TERRACOTTA = "#d98e6c"
WALL_MUSTARD = "#e0b455"
WALL_PINE = "#5f8072"
WALL_BERRY = "#a7616a"
WALL_LATTE = "#d8b894"
WALL_TEAL = "#6d9a9c"


def mix(colour: str, other: str, share: float) -> str:
    """Blend `share` of `other` into `colour`; both are `#rrggbb`."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def lighter(colour: str, share: float = 0.25) -> str:
    """Move a colour towards warm daylight."""
    return mix(colour, LIGHT, share)


def darker(colour: str, share: float = 0.25) -> str:
    """Move a colour towards ink, which stays cooler than black would."""
    return mix(colour, INK, share)
