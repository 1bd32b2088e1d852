"""The log of events on the wire."""

from rest_framework import serializers

from hansa.domain.events.models import Event

EVENT_STATUSES = Event.Status.choices


class EventRead(serializers.ModelSerializer[Event]):
    """Something that happened; `status` says whether Hansa's own handlers are through with it."""

    sequence = serializers.IntegerField(help_text="Its number in the shop's log. Read on with `after`.")
    type = serializers.CharField(source="name")
    data = serializers.JSONField(source="payload")  # type: ignore[assignment]  # DRF takes it out of the class

    class Meta:
        model = Event
        fields = ("id", "sequence", "type", "aggregate_id", "data", "occurred_at", "status", "attempts", "last_error")
