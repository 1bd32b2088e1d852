"""What crosses the border of notifications."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages that letters are written in."""

    ENGLISH = "en"
    GERMAN = "de"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as people read it."""

    subject: str
    text: str
    html: str
