"""Payments: what we asked a provider for, what it answered, and where the money is.

Our words. A *payment* is one attempt to get an amount through one provider; it is also the
provider's idempotency key. Its *reference* is the id of what is paid for (an order): to us an
opaque UUID. A *refund* sends captured money back. The *ledger* says where money went, in double
entries that nobody can change; a balance is always a sum of it. A *gift card* is money that the
shop owes; its balance never goes below zero.

What holds. No provider is asked inside a transaction. A payment's status only climbs (Note [The
status climbs] in `models.py`), so events may come twice and in any order. An answer that names
another amount or currency than we asked for never pays. Refunds never exceed what was captured.
"""
