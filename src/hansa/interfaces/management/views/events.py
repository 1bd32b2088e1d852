"""The log of events."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.domain.events.models import Event
from hansa.domain.events.services.retry import retry_events
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import EventFilter
from hansa.interfaces.management.serializers.events import EventRead
from hansa.kernel import clock


class EventResource(Readable, Resource):
    """What happened in the shop, numbered without gaps, the oldest first: nothing appears behind what was read.

    An integration that was away goes on with `after=<the last sequence it knows>`.
    """

    queryset = Event.objects.exclude(sequence=None)
    serializer_class = EventRead
    filterset_class = EventFilter
    orderings = ("sequence", "-sequence")
    capabilities: ClassVar = {"list": "events.view", "retrieve": "events.view", "retry": "events.edit"}

    @extend_schema(request=None, responses=EventRead)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Let an event that has failed be handled again."""
        event = self.get_for_change()
        retry_events([event.pk], now=clock.now())
        return self.shown(self.get_object())
