"""Words in braces, `{number}`: all that a merchant's text can do, so that none can reach anything else."""

import re
from collections.abc import Collection, Mapping

from hansa.domain.notifications.errors import InvalidText

_PLACEHOLDER = re.compile(r"{(\w+)}")


def check_text(text: str, known: Collection[str]) -> None:
    """Raise InvalidText when the text has braces that stand for nothing."""
    for name in _PLACEHOLDER.findall(text):
        if name not in known:
            offered = ", ".join(f"{{{one}}}" for one in known)
            message = f"{{{name}}} stands for nothing in this letter. Use {offered}."
            raise InvalidText(message)
    if {"{", "}"} & set(_PLACEHOLDER.sub("", text)):
        message = "There is a brace too many. Braces stand around words that are filled in, like {shop}."
        raise InvalidText(message)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in the words; of what is empty, the comma and the space before it go too."""
    for name, value in values.items():
        if not value:
            text = re.sub(rf",? ?{{{name}}}", "", text)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
