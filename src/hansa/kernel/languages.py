"""The languages that we write to people in, and which of them somebody asks for."""

from collections.abc import Collection
from enum import StrEnum

_MAX_RANGES = 32
"""Browsers send a handful; what comes after so many is not read."""
_MAX_TAG_CHARACTERS = 35
"""As many as tags need (RFC 5646 §4.4.1). Shortening one with thousands of parts would take minutes."""


class Language(StrEnum):
    """The languages that letters are written in."""

    ENGLISH = "en"
    GERMAN = "de"


LANGUAGE_CHOICES = [(Language.ENGLISH.value, "English"), (Language.GERMAN.value, "Deutsch")]
"""Each with the name that it has for itself."""


def negotiate(accept_language: str, *, offered: Collection[str] = tuple(Language)) -> str:
    """Return which of the offered languages an `Accept-Language` asks for (RFC 9110 §12.5.4), or "" when none fits.

    By the lookup of RFC 4647 §3.4: the range with the highest weight first, the earlier one of two that weigh the
    same; `de-AT` is content with `de`. Where anything will do (`*`), it is the first that is not refused (`;q=0`)
    when some language is, and else "": then whoever asks decides. What cannot be read is passed over.
    """
    ranges = [_read(one) for one in accept_language.split(",", _MAX_RANGES)[:_MAX_RANGES]]
    refused = {tag for tag, weight in ranges if weight == 0}
    left = [language for language in offered if language not in refused]
    for tag, _ in sorted((one for one in ranges if one[1] > 0), key=lambda one: -one[1]):
        found = next((language for language in _shorter(tag) if language in left), "")
        if found:
            return found
    is_anything_welcome = any(tag == "*" and weight > 0 for tag, weight in ranges)
    return left[0] if left and is_anything_welcome and len(left) < len(offered) else ""


def _read(text: str) -> tuple[str, float]:
    """Return a range in small letters with its weight from 0 to 1; -1 for one that cannot be read."""
    tag, _, parameter = text.partition(";")
    if len(tag.strip()) > _MAX_TAG_CHARACTERS:
        return "", -1.0
    name, _, value = parameter.replace(" ", "").partition("=")
    if not parameter:
        return tag.strip().lower(), 1.0
    digits = value.replace(".", "", 1)
    if name.lower() != "q" or len(value) > len("0.000") or not (digits.isascii() and digits.isdigit()):
        return "", -1.0
    return tag.strip().lower(), min(float(value), 1.0)


def _shorter(tag: str) -> list[str]:
    """Return the tag, and what is left of it when its last parts are taken away one by one."""
    parts = tag.split("-")
    return ["-".join(parts[:number]) for number in range(len(parts), 0, -1)]
