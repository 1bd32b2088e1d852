"""Put a letter together, HTML and text from the same parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

from hansa.domain.notifications.placeholders import fill
from hansa.domain.notifications.texts import LABELS, PARTS
from hansa.domain.notifications.types import Letter, Texts
from hansa.kernel.languages import Language


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter is about."""

    values: Mapping[str, str]
    """What stands for the words in braces."""
    link: str
    shop_link: str
    blocks: Mapping[str, Any] = field(default_factory=dict)
    """What the layout shows of an order."""


def compose(texts: Texts, facts: LetterFacts, language: Language) -> Letter:
    """Write the letter in its layout; whatever is filled in is text there, never markup."""
    parts = {part: fill(getattr(texts, part), facts.values) for part in PARTS}
    context = {
        **parts,
        **facts.blocks,
        "shop": facts.values["shop"],
        "link": facts.link,
        "shop_link": facts.shop_link,
        "labels": LABELS[language],
    }
    return Letter(
        subject=" ".join(parts["subject"].split()),
        text=render_to_string("notifications/letter.txt", context),
        html=render_to_string("notifications/letter.html", context),
    )
