"""Signals of the catalogue, for those in this process who show what changed."""

from django.dispatch import Signal

stock_published = Signal()
"""Other numbers of pieces are shown now, and committed. Argument: `variant_ids` (list of UUID)."""
