"""Which language whoever asks wants to be written to in."""

from collections.abc import Mapping

from hansa.kernel.languages import negotiate


def language_of(headers: Mapping[str, str]) -> str:
    """Return the language that a request's `Accept-Language` asks for, or "" when letters are in none of those."""
    return negotiate(headers.get("accept-language") or "")
