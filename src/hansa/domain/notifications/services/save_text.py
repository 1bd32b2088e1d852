"""Write what letters of a kind say."""

from uuid import UUID

from django.db import IntegrityError

from hansa.domain.notifications.errors import InvalidText, TextTaken
from hansa.domain.notifications.models import LetterText
from hansa.domain.notifications.placeholders import check_text
from hansa.domain.notifications.texts import BUILT_IN, PARTS, PLACEHOLDERS
from hansa.domain.notifications.types import Texts
from hansa.kernel.languages import Language
from hansa.kernel.transactions import transaction


def check_texts(kind: str, texts: Texts) -> None:
    """Raise InvalidText when a letter of this kind could not be written with these texts."""
    for part in PARTS:
        check_part(kind, part, getattr(texts, part))


def check_part(kind: str, part: str, text: str) -> None:
    """Raise InvalidText when this text cannot stand in this part of such a letter."""
    check_text(text, PLACEHOLDERS[kind])
    built_in = BUILT_IN[kind, Language.ENGLISH]
    if part == "button" and text.strip() and not built_in.button:
        message = "This letter leads nowhere, so it has no button. Leave that part empty."
        raise InvalidText(message)
    if part != "closing" and getattr(built_in, part) and not text.strip():
        message = f"Write something into the {part}: a letter without one looks broken."
        raise InvalidText(message)


def save_text(*, kind: str, language: str, texts: Texts, text_id: UUID | None = None) -> LetterText:
    """Let letters of this kind, in this language, say that from now on. Raises InvalidText, TextTaken."""
    if (kind, Language(language)) not in BUILT_IN:
        message = "There is no such letter."
        raise InvalidText(message)
    check_texts(kind, texts)
    row = LetterText(kind=kind, language=language, **{part: getattr(texts, part) for part in PARTS})
    try:
        with transaction():
            if text_id is not None:
                row.pk = text_id
                row.save(force_update=True)
            else:
                row.save(force_insert=True)
    except IntegrityError:
        message = "There is a text for this letter in this language already. Change that one."
        raise TextTaken(message) from None
    return row


def forget_text(*, text_id: UUID) -> None:
    """Let letters say again what is built in."""
    with transaction():
        LetterText.objects.filter(pk=text_id).delete()
