"""Vendors: one folder each, with everything about that vendor. The domain declares what they fill."""
