"""Webhooks on the wire."""

from typing import Any

from rest_framework import serializers

from hansa.domain.webhooks.models import MAX_CONCURRENCY, Delivery, DeliveryAttempt, Endpoint
from hansa.domain.webhooks.services.endpoints import MAX_FILTERS
from hansa.domain.webhooks.services.sign import body_of
from hansa.interfaces.management.serializers.base import Body, Moment, Text, Whole, YesNo

DELIVERY_STATUSES = list(Delivery.STATUSES)


class WebhookRead(serializers.ModelSerializer[Endpoint]):
    """A webhook without its secret."""

    filters = serializers.ListField(child=serializers.CharField())
    disabled_reason = serializers.CharField(help_text="Empty while it is enabled.")

    class Meta:
        model = Endpoint
        fields = (
            *("id", "url", "description", "filters", "concurrency", "is_enabled", "disabled_reason"),
            *("failures", "failing_since", "paused_until", "last_success_at", "old_secret_until"),
            *("created_at", "updated_at"),
        )


class WebhookMade(serializers.Serializer[Any]):
    """A webhook and its secret, which is shown this once."""

    webhook = WebhookRead()
    secret = serializers.CharField()


def _filters(**options: Any) -> serializers.ListField:  # noqa: ANN401  (DRF's options)
    return serializers.ListField(child=Text(max_length=100), min_length=1, max_length=MAX_FILTERS, **options)


class WebhookBody(Body):
    """Where to send what."""

    url = Text(max_length=2000)
    filters = _filters()
    description = Text(max_length=200, allow_blank=True, default="")
    concurrency = Whole(min_value=1, max_value=MAX_CONCURRENCY, default=2)


class WebhookChanges(Body):
    """What can be changed; what is left out stays."""

    url = Text(max_length=2000, required=False)
    filters = _filters(required=False)
    description = Text(max_length=200, allow_blank=True, required=False)
    concurrency = Whole(min_value=1, max_value=MAX_CONCURRENCY, required=False)
    is_enabled = YesNo(required=False)


class ReplayBody(Body):
    """Which events to send again: from a number of the log on, or by when they happened."""

    after = Whole(min_value=0, max_value=2**62, default=0)
    since = Moment(required=False)
    until = Moment(required=False)


class ReplayRead(serializers.Serializer[Any]):
    """How many were queued, and where to go on."""

    count = serializers.IntegerField()
    next_after = serializers.IntegerField(allow_null=True, help_text="There is more: replay again after this.")


class DeliveryRow(serializers.ModelSerializer[Delivery]):
    """An event on its way to a webhook, in short."""

    type = serializers.CharField(source="event_name")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = (
            *("id", "event_id", "sequence", "type", "status", "tries", "next_at"),
            *("last_status_code", "last_error", "created_at", "updated_at"),
        )


class AttemptRead(serializers.ModelSerializer[DeliveryAttempt]):
    """One try. The server's answer is kept where everybody could ask for it."""

    request_headers = serializers.DictField(child=serializers.CharField())
    response_headers = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = DeliveryAttempt
        fields = (
            *("at", "milliseconds", "status_code", "error", "request_headers"),
            *("response_headers", "response_body"),
        )


class DeliveryRead(DeliveryRow):
    """An event on its way to a webhook, with each try."""

    request_body = serializers.SerializerMethodField()
    attempts = AttemptRead(source="attempts_made", many=True)

    class Meta(DeliveryRow.Meta):
        fields = (*DeliveryRow.Meta.fields, "request_body", "attempts")

    def get_request_body(self, delivery: Delivery) -> str:
        """Return what is sent."""
        return body_of(delivery)
