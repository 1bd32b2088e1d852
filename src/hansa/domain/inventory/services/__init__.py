"""Writes of the inventory, one verb per file."""
