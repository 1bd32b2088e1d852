"""A scene: one picture's name, its wall, its stage and what stands on it."""

from collections.abc import Callable
from dataclasses import dataclass

from hansa.config.demo.drawing.picture import SIZE, Picture, Stage

type Drawing = Callable[[Picture], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """One file to draw.

    `size` enlarges the object on its stage; `close_up` is (x, y, scale): the point to look at,
    and from how near.
    """

    name: str
    wall: str
    stage: Stage
    drawing: Drawing
    size: float = 1
    close_up: tuple[float, float, float] | None = None

    def svg(self) -> str:
        """Draw it."""
        picture = Picture(self.wall, self.stage)
        if self.close_up is None:
            # Keep what lies flat in the middle; let what stands come a little nearer.
            dy = 230 * (self.size - 1) if self.stage is Stage.FLAT else 130 * (self.size - 1)
            with picture.placed(0, dy, self.size):
                self.drawing(picture)
        else:
            x, y, scale = self.close_up
            # `placed` scales about the standing point (400, 630); bring (x, y) to the middle.
            dx = SIZE / 2 - (400 + (x - 400) * scale)
            dy = SIZE / 2 - (630 + (y - 630) * scale)
            with picture.placed(dx, dy, scale):
                self.drawing(picture)
        return picture.svg(self.name.replace("-", " "))
