"""The words of the audit log."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

HIDDEN = "•••"
"""What stands in the log for a secret that is there."""

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class EntryQuery:
    """Which entries are wanted; None means any."""

    actor_id: str | None = None
    action: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    """The thing itself, or what it is a part of."""
    since: datetime | None = None
    """The first instant that counts."""
    until: datetime | None = None
    """The first instant that does not."""


def object_type_of(model: type[Model]) -> str:
    """Return what the log calls rows of this model: ShippingMethod is `shipping_method`."""
    return _WORD.sub("_", model.__name__).lower()
