"""What serializers share: unknown fields and other types than described are refused, money is an object."""

from datetime import datetime
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.interfaces.management.moments import read_moment


class Text(serializers.CharField):
    """A text, and not a number that could be written as one."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (DRF's options)
        """Say in the description, too, that it is not empty."""
        if not options.get("allow_blank"):
            options.setdefault("min_length", 1)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401  (whatever a client sends)
        """Read it. Raises ValidationError."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """`true` or `false`, and no word or number for them."""

    def to_internal_value(self, data: Any) -> bool:  # noqa: ANN401  (whatever a client sends)
        """Read it. Raises ValidationError."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number, and no text or truth value for it."""

    def to_internal_value(self, data: Any) -> int:  # noqa: ANN401  (whatever a client sends)
        """Read it; 2.0 is 2, as JSON has one kind of number. Raises ValidationError."""
        if isinstance(data, bool | str) or (isinstance(data, float) and not data.is_integer()):
            self.fail("invalid")
        return super().to_internal_value(int(data) if isinstance(data, float) else data)


class Id(serializers.UUIDField):
    """A UUID in its one spelling."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401  (whatever a client sends)
        """Read it. Raises ValidationError."""
        found = super().to_internal_value(data)
        if not isinstance(data, str) or data.lower() != str(found):
            self.fail("invalid", value=data)
        return found


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field[datetime, Any, str, Any]):
    """A moment (RFC 3339)."""

    default_error_messages = {"invalid": "Write a moment as 2026-11-22T08:00:00Z."}

    def to_internal_value(self, data: Any) -> datetime:  # noqa: ANN401  (whatever a client sends)
        """Read it. Raises ValidationError."""
        found = read_moment(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid")
        return found

    def to_representation(self, value: datetime) -> str:
        """Write it."""
        return value.isoformat().replace("+00:00", "Z")


class Body(serializers.Serializer[Any]):
    """What a client sends: a field that nobody knows is refused, so that a typo is no silence."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401  (DRF's signature)
        """Read it. Raises ValidationError."""
        read = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "There is no such field."), code="unknown")
        return read


class ClosedBody(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    """How the API's description tells that unknown fields are refused."""

    target_class = "hansa.interfaces.management.serializers.base.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:  # noqa: ANN401  (spectacular's signature)
        """Describe the body."""
        described: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001
        return described | {"additionalProperties": False}


class Money(serializers.Serializer[Any]):
    """An amount in minor units of its currency (ISO 4217)."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()


def money(amount: int | None, currency: str) -> dict[str, Any] | None:
    """Return an amount as the API writes it; None stays None."""
    return None if amount is None else {"amount": amount, "currency": currency}
