"""What serializers share: unknown fields are refused, money is an object."""

from typing import Any

from rest_framework import serializers


class Body(serializers.Serializer[Any]):
    """What a client sends: a field that nobody knows is refused, so that a typo is no silence."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401  (DRF's signature)
        """Read it. Raises ValidationError."""
        read = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."), code="unknown")
        return read


class Money(serializers.Serializer[Any]):
    """An amount in minor units of its currency (ISO 4217)."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()


def money(amount: int | None, currency: str) -> dict[str, Any] | None:
    """Return an amount as the API writes it; None stays None."""
    return None if amount is None else {"amount": amount, "currency": currency}
