"""Product feeds: switch on and off, look."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hansa.domain.exports.models import Feed
from hansa.domain.exports.services.switch_feed import switch_feed_off, switch_feed_on
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import FeedFilter
from hansa.interfaces.management.serializers import feeds as wire
from hansa.kernel import clock


class FeedResource(Readable, Resource):
    """Google Merchant feeds, one for each language: written in the background, now and once an hour."""

    queryset = Feed.objects.all()
    serializer_class = wire.FeedRead
    filterset_class = FeedFilter
    orderings = ("language", "-language")
    capabilities: ClassVar = {
        "list": "settings.view",
        "retrieve": "settings.view",
        "create": "settings.edit",
        "off": "settings.edit",
    }

    @extend_schema(request=wire.FeedBody, responses={201: wire.FeedRead})
    def create(self, request: Request) -> Response:
        """Switch the feed of a language on; one that is on is written again, with what is different now."""
        body = wire.FeedBody(data=request.data)
        body.is_valid(raise_exception=True)
        return self.shown(switch_feed_on(now=clock.now(), **body.validated_data), 201)

    @extend_schema(request=None, responses=wire.FeedRead)
    @action(detail=True, methods=["post"])
    def off(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Take a feed off the net: its address answers 404."""
        return self.shown(switch_feed_off(feed_id=self.get_for_change().pk, now=clock.now()))
