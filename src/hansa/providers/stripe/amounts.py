"""Amounts as Stripe counts them: mostly ISO 4217 minor units, in small letters, with exceptions.

Source: docs.stripe.com/currencies, "special cases".
"""

_HUNDREDFOLD = frozenset(("ISK", "UGX"))
"""Have no minor unit in ISO 4217; Stripe still wants two decimals, both zero."""
_TENS_ONLY = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
"""Have three decimals, of which Stripe takes two."""


def to_stripe(amount: int, currency: str) -> int | None:
    """Return our amount as Stripe counts; None when Stripe cannot take it."""
    if currency in _TENS_ONLY and amount % 10:
        return None
    return amount * 100 if currency in _HUNDREDFOLD else amount


def from_stripe(amount: object, currency: object) -> tuple[int | None, str | None]:
    """Return Stripe's amount and currency as we count; None for what is no amount or no currency."""
    if type(amount) is not int or not isinstance(currency, str):
        return None, None
    code = currency.upper()
    if code not in _HUNDREDFOLD:
        return amount, code
    return (amount // 100 if amount % 100 == 0 else None), code
