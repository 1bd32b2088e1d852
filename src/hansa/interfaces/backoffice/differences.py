"""Two texts, with what differs between them marked."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_PIECE = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_PIECES = 1500
"""Beyond it the comparison would take too long, and nobody would find the marks."""


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Return both texts as HTML, what is gone in <del>, what is new in <ins>."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if not old or not new or len(old) + len(new) > _MOST_PIECES:
        return _mark("del", before), _mark("ins", after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return (
        _joined("del", [(step == "equal", "".join(old[start:end])) for step, start, end, _, _ in steps]),
        _joined("ins", [(step == "equal", "".join(new[start:end])) for step, _, _, start, end in steps]),
    )


def _joined(tag: str, pieces: list[tuple[bool, str]]) -> SafeString:
    return format_html_join("", "{}", ((text if is_same else _mark(tag, text),) for is_same, text in pieces))


def _mark(tag: str, text: str) -> SafeString:
    return format_html(f"<{tag}>{{}}</{tag}>", text) if text else SafeString("")
