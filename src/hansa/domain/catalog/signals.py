"""Signals of the catalogue, for those in this process who show what changed."""

from collections.abc import Collection
from functools import partial
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

stock_published = Signal()
"""Other numbers of pieces are shown now, and committed. Argument: `variant_ids` (list of UUID)."""


def tell_stock_published(sender: type, variant_ids: Collection[UUID]) -> None:
    """Send `stock_published` when the open transaction is committed; what listeners raise stops nobody."""
    if variant_ids:
        send = partial(stock_published.send_robust, sender, variant_ids=list(variant_ids))
        transaction.on_commit(send, robust=True)
