"""Draw every picture of the demo: `python -m hansa.config.demo.draw` (from `src`, or installed).

The result depends on nothing but this code, so a second run changes no file. Pictures that no
scene describes any more are removed.
"""

from pathlib import Path

from hansa.config.demo.drawing import home_scenes, rival_scenes, wear_scenes

TARGET = Path(__file__).parent / "static" / "demo"


def draw(target: Path = TARGET) -> list[Path]:
    """Write all scenes as SVG into a folder, remove other SVGs there, return what was written."""
    target.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for scene in (*home_scenes.SCENES, *wear_scenes.SCENES, *rival_scenes.SCENES):
        path = target / f"{scene.name}.svg"
        if path in written:
            raise ValueError(f"Two scenes are named {scene.name}.")
        path.write_text(scene.svg(), encoding="utf-8", newline="\n")
        written.append(path)
    for stale in set(target.glob("*.svg")).difference(written):
        stale.unlink()
    return written


if __name__ == "__main__":
    print(f"{len(draw())} pictures in {TARGET}")
