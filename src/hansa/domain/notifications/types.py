"""What crosses the border of notifications."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Texts:
    """The parts of a letter that a merchant may write; `{shop}` and the like stand for what is filled in."""

    subject: str
    heading: str
    intro: str
    button: str
    closing: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as people read it."""

    subject: str
    text: str
    html: str
