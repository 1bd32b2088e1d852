"""Codes of gift cards: how they are made, and what we keep of them."""

import hashlib
import secrets

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people mistake for each other."""
_CHARACTERS = 16  # of 32: 80 bits


def make_code() -> str:
    """Return a new code, in groups of four."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CHARACTERS))
    return "-".join(code[start : start + 4] for start in range(0, _CHARACTERS, 4))


def fingerprint(code: str) -> str:
    """Return what we keep of a code: the same for every way of writing it."""
    letters = "".join(character for character in code.upper() if character.isalnum())
    return hashlib.sha256(letters.encode()).hexdigest()
