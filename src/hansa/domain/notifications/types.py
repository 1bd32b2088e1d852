"""What crosses the border of notifications."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as people read it."""

    subject: str
    text: str
    html: str
