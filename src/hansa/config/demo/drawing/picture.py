"""A picture of 800 by 800: a stage with light and shadow, on which objects are drawn.

Light falls from the upper left. Standing objects rest on y = `FLOOR`, centred on x = `CENTRE`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from hansa.config.demo.drawing.colours import INK, darker, lighter, mix

SIZE = 800
CENTRE = 400
FLOOR = 630

type Stop = tuple[float, str]


class Stage(Enum):
    """How the object is presented."""

    SUN = "a table before a wall with a low sun"
    ARCH = "a table before an arched niche"
    HILLS = "a table before two soft hills"
    PLAIN = "a table before a bare wall"
    FLAT = "seen from above, on a plain surface"
    WALL = "hanging on a wall"


def number(value: float) -> str:
    """Write a coordinate as short as it can be, to a tenth of a unit."""
    return f"{value:.1f}".removesuffix(".0")


class Picture:
    """Collects shapes and the gradients, clips and filters that they refer to."""

    def __init__(self, wall: str, stage: Stage = Stage.SUN) -> None:
        """Paint the stage; everything drawn later stands before it."""
        self.wall = wall
        self._definitions: dict[str, str] = {}
        self._shapes: list[str] = []
        self._set_stage(stage)

    # Definitions ------------------------------------------------------------------

    def define(self, markup: str) -> str:
        """Keep a definition once and return its id; `@` in the markup stands for that id."""
        return self._definitions.setdefault(markup, f"d{len(self._definitions)}")

    def linear(self, x1: float, y1: float, x2: float, y2: float, *stops: Stop) -> str:
        """Return a paint that changes along the line between two points."""
        ends = " ".join(
            f'{name}="{number(v)}"' for name, v in zip(("x1", "y1", "x2", "y2"), (x1, y1, x2, y2), strict=True)
        )
        body = "".join(f'<stop offset="{o:g}" stop-color="{c}"/>' for o, c in stops)
        name = self.define(f'<linearGradient id="@" gradientUnits="userSpaceOnUse" {ends}>{body}</linearGradient>')
        return f"url(#{name})"

    def radial(self, x: float, y: float, radius: float, *stops: tuple[float, str, float]) -> str:
        """Return a paint that changes from a centre outwards; stops carry an opacity."""
        body = "".join(f'<stop offset="{o:g}" stop-color="{c}" stop-opacity="{a:g}"/>' for o, c, a in stops)
        name = self.define(
            f'<radialGradient id="@" gradientUnits="userSpaceOnUse" cx="{number(x)}" '
            f'cy="{number(y)}" r="{number(radius)}">{body}</radialGradient>'
        )
        return f"url(#{name})"

    def turned_paint(self, colour: str, left: float, right: float) -> str:
        """Return the paint of a round body standing between two x."""
        stops = (
            (0.0, lighter(colour, 0.12)),
            (0.24, lighter(colour, 0.34)),
            (0.58, colour),
            (1.0, darker(colour, 0.3)),
        )
        return self.linear(left, 0, right, 0, *stops)

    def falling_paint(self, colour: str, top: float, bottom: float, depth: float = 0.16) -> str:
        """Return the paint of a flat face that is lit from above."""
        return self.linear(0, top, 0, bottom, (0.0, lighter(colour, depth)), (1.0, darker(colour, depth)))

    def slanted_paint(self, colour: str, depth: float = 0.16) -> str:
        """Return the paint of something lying flat, lit from the upper left."""
        return self.linear(170, 150, 640, 680, (0.0, lighter(colour, depth)), (1.0, darker(colour, depth)))

    def outline(self, d: str) -> str:
        """Define a clip and return its id, for `clipped`."""
        return self.define(f'<clipPath id="@"><path d="{d}"/></clipPath>')

    def blur(self, deviation: float) -> str:
        """Return a reference to a blur."""
        name = self.define(
            '<filter id="@" x="-60%" y="-120%" width="220%" height="340%">'
            f'<feGaussianBlur stdDeviation="{deviation:g}"/></filter>'
        )
        return f"url(#{name})"

    # Shapes -----------------------------------------------------------------------

    def add(self, tag: str, **attributes: str | float) -> None:
        """Add any element; underscores in names become hyphens."""
        written = " ".join(
            f'{key.replace("_", "-")}="{value if isinstance(value, str) else f"{value:.4g}"}"'
            for key, value in attributes.items()
        )
        self._shapes.append(f"<{tag} {written}/>")

    def path(self, d: str, fill: str, **attributes: str | float) -> None:
        """Fill a path."""
        self.add("path", d=d, fill=fill, **attributes)

    def line(self, d: str, colour: str, width: float, **attributes: str | float) -> None:
        """Stroke a path with round ends."""
        self.add(
            "path",
            d=d,
            fill="none",
            stroke=colour,
            stroke_width=width,
            **{"stroke_linecap": "round", "stroke_linejoin": "round"} | attributes,
        )

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, **attributes: str | float) -> None:
        """Fill an ellipse."""
        self.add("ellipse", cx=x, cy=y, rx=rx, ry=ry, fill=fill, **attributes)

    def circle(self, x: float, y: float, r: float, fill: str, **attributes: str | float) -> None:
        """Fill a circle."""
        self.add("circle", cx=x, cy=y, r=r, fill=fill, **attributes)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        radius: float = 0,
        **attributes: str | float,
    ) -> None:
        """Fill a rectangle with rounded corners."""
        self.add("rect", x=x, y=y, width=width, height=height, rx=radius, fill=fill, **attributes)

    def shadow(self, x: float, rx: float, y: float = FLOOR, strength: float = 1.0) -> None:
        """Lay the soft and the contact shadow of something that stands on the table."""
        tone = darker(self.wall, 0.75)
        self.ellipse(
            x + rx * 0.16, y + 4, rx * 1.12, rx * 0.2, tone,
            opacity=0.3 * strength, filter=self.blur(15),
        )  # fmt: skip
        self.ellipse(x, y - 2, rx * 0.94, rx * 0.11, tone, opacity=0.42 * strength, filter=self.blur(5))

    def glow(self, x: float, y: float, radius: float, strength: float = 0.8) -> None:
        """Let a lamp or a flame shine into the room."""
        stops = ((0.0, "#fff0c2", strength), (0.5, "#ffe2a0", strength / 3), (1.0, "#ffe2a0", 0.0))
        self.circle(x, y, radius, self.radial(x, y, radius, *stops))

    # Groups -----------------------------------------------------------------------

    @contextmanager
    def _group(self, attributes: str) -> Iterator[None]:
        self._shapes.append(f"<g {attributes}>")
        yield
        self._shapes.append("</g>")

    @contextmanager
    def clipped(self, outline: str) -> Iterator[None]:
        """Draw only within an outline made by `outline`."""
        with self._group(f'clip-path="url(#{outline})"'):
            yield

    @contextmanager
    def turned(self, degrees: float, x: float = CENTRE, y: float = CENTRE) -> Iterator[None]:
        """Draw rotated about a point."""
        with self._group(f'transform="rotate({degrees:g} {x:g} {y:g})"'):
            yield

    @contextmanager
    def placed(self, dx: float, dy: float = 0, scale: float = 1) -> Iterator[None]:
        """Draw smaller or larger, about the point where an object stands, and moved."""
        x, y = CENTRE * (1 - scale) + dx, FLOOR * (1 - scale) + dy
        with self._group(f'transform="translate({number(x)} {number(y)}) scale({scale:g})"'):
            yield

    @contextmanager
    def lifted(self, height: float = 1.0) -> Iterator[None]:
        """Draw something that lies on the surface and throws a soft shadow around it."""
        tone = darker(self.wall, 0.8)
        name = self.define(
            '<filter id="@" x="-20%" y="-20%" width="150%" height="150%">'
            f'<feDropShadow dx="{9 * height:g}" dy="{15 * height:g}" '
            f'stdDeviation="{12 * height:g}" flood-color="{tone}" flood-opacity=".36"/></filter>'
        )
        with self._group(f'filter="url(#{name})"'):
            yield

    # Stage ------------------------------------------------------------------------

    def _set_stage(self, stage: Stage) -> None:
        wall, pale = self.wall, lighter(self.wall, 0.55)
        full = f"M0 0H{SIZE}V{SIZE}H0Z"
        if stage is Stage.FLAT:
            self.path(full, self.linear(0, 0, 800, 800, (0, pale), (1, darker(wall, 0.07))))
            return
        self.path(full, self.linear(0, 0, 0, 600, (0, lighter(wall, 0.2)), (1, wall)))
        if stage is Stage.WALL:
            self.path("M0 0H420L40 800H0Z", pale, opacity=0.28)
            self.path("M500 0H560L180 800H120Z", pale, opacity=0.28)
            return
        if stage is Stage.SUN:
            self.circle(430, 330, 255, pale, opacity=0.75)
        elif stage is Stage.ARCH:
            self.path("M150 700V340A250 250 0 0 1 650 340V700Z", pale, opacity=0.75)
        elif stage is Stage.HILLS:
            self.circle(585, 235, 88, pale, opacity=0.95)
            self.path("M0 470C160 380 280 430 420 400S680 300 800 360V700H0Z", darker(wall, 0.05))
            self.path("M0 560C150 470 330 520 470 490S700 430 800 470V700H0Z", darker(wall, 0.1))
        table = mix(wall, "#b89b78", 0.3)
        top, bottom = lighter(table, 0.16), darker(table, 0.06)
        self.path("M0 556H800V800H0Z", self.linear(0, 556, 0, 800, (0, top), (1, bottom)))
        self.path("M0 556H800V559H0Z", INK, opacity=0.06)

    def svg(self, title: str) -> str:
        """Return the finished document."""
        definitions = "".join(markup.replace("@", name, 1) for markup, name in self._definitions.items())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" '
            f'width="{SIZE}" height="{SIZE}" role="img">\n<title>{title}</title>\n'
            f"<defs>{definitions}</defs>\n" + "\n".join(self._shapes) + "\n</svg>\n"
        )
