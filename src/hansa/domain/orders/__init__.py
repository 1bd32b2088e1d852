"""Orders: what was agreed with a customer, for ever as it was agreed.

Words: an *order* has *lines*, copied from the cart with the names, prices and taxes of that moment; its
*number* is for people and has no gaps within a tenant; its *timeline* says who did what to it.

Invariants, held by the database: the total is the sum of its parts; a status changes only along
`models.TRANSITIONS`; lines never change.
"""
