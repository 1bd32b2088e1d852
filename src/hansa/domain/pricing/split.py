"""Dividing whole cents: the one integer rounding, and the largest remainder.

See Note [Rounding] in `kernel/money.py`: halves go up. Everything here is integers of any size.
"""

from collections.abc import Sequence


def ratio(amount: int, numerator: int, denominator: int) -> int:
    """Return `amount * numerator / denominator`, halves up. Nothing is negative."""
    return (2 * amount * numerator + denominator) // (2 * denominator)


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide `amount` in proportion to `weights` so that the parts add up to it exactly.

    Largest remainder: everybody gets the whole cents of their share, and the cents that are left go
    to the largest fractions, equal ones in the order given. So a part is never more than a cent off
    its share; a weight of 0 gets 0; and no part exceeds its weight when `amount` is at most the sum of
    the weights. Without any weight there is nothing to divide by: all parts are 0.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    shares = [divmod(amount * weight, whole) for weight in weights]
    parts = [part for part, _ in shares]
    left = amount - sum(parts)
    for index in sorted(range(len(parts)), key=lambda index: -shares[index][1])[:left]:
        parts[index] += 1
    return parts
