"""Webhooks and what was sent to them."""

from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from hansa.domain.webhooks.models import Delivery, DeliveryAttempt, Endpoint
from hansa.domain.webhooks.services.endpoints import (
    MadeEndpoint,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
    update_endpoint,
)
from hansa.domain.webhooks.services.replay import replay_delivery, replay_events, send_test
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import DeliveryFilter, WebhookFilter
from hansa.interfaces.management.serializers import webhooks as wire
from hansa.interfaces.management.serializers.staff import RotateBody
from hansa.kernel import clock
from hansa.kernel.errors import NotFound


class WebhookResource(Readable, Resource):
    """The servers that are told what happens, as Standard Webhooks 1.0.0 says. A secret is shown once."""

    queryset = Endpoint.objects.all()
    serializer_class = wire.WebhookRead
    filterset_class = WebhookFilter
    search_fields = ("url", "description")
    orderings = ("-created_at", "created_at", "url", "-url")
    capabilities: ClassVar = {
        "list": "webhooks.view",
        "retrieve": "webhooks.view",
        "create": "webhooks.edit",
        "partial_update": "webhooks.edit",
        "destroy": "webhooks.edit",
        "rotate": "webhooks.edit",
        "test": "webhooks.edit",
        "replay": "webhooks.edit",
    }

    @extend_schema(request=wire.WebhookBody, responses={201: wire.WebhookMade})
    def create(self, request: Request) -> Response:
        """Make a webhook. It hears of what happens from now on."""
        body = wire.WebhookBody(data=request.data)
        body.is_valid(raise_exception=True)
        return _made(create_endpoint(**body.validated_data))

    @extend_schema(request=wire.WebhookChanges, responses=wire.WebhookRead)
    def partial_update(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Change, disable or enable a webhook."""
        endpoint = self.get_for_change()
        body = wire.WebhookChanges(data=request.data)
        body.is_valid(raise_exception=True)
        return self.shown(update_endpoint(endpoint_id=endpoint.pk, now=clock.now(), **body.validated_data))

    def destroy(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Delete a webhook, and the log of what was sent to it."""
        delete_endpoint(endpoint_id=self.get_for_change().pk)
        return Response(status=204)

    @extend_schema(request=RotateBody, responses={201: wire.WebhookMade})
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Give it a new secret; the old one signs as well for the overlap."""
        endpoint = self.get_for_change()
        body = RotateBody(data=request.data)
        body.is_valid(raise_exception=True)
        overlap = timedelta(seconds=body.validated_data["overlap_seconds"])
        return _made(rotate_secret(endpoint_id=endpoint.pk, overlap=overlap, now=clock.now()))

    @extend_schema(request=None, responses={202: wire.DeliveryRow})
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Send an event `webhook.test` to this webhook alone."""
        delivery = send_test(endpoint_id=self.get_for_change().pk, now=clock.now())
        return Response(wire.DeliveryRow(delivery).data, status=202, headers={"Cache-Control": "no-store"})

    @extend_schema(request=wire.ReplayBody, responses={202: wire.ReplayRead})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: str) -> Response:  # noqa: ARG002  (the address is in the view)
        """Send events of the log, again or for the first time: after a number, or by when they happened."""
        endpoint = self.get_for_change()
        body = wire.ReplayBody(data=request.data)
        body.is_valid(raise_exception=True)
        replayed = replay_events(endpoint_id=endpoint.pk, now=clock.now(), **body.validated_data)
        return Response(wire.ReplayRead(replayed).data, status=202, headers={"Cache-Control": "no-store"})


@extend_schema(parameters=[OpenApiParameter("webhook_id", str, OpenApiParameter.PATH)])
class DeliveryResource(Readable, Resource):
    """What was sent to a webhook, and how it went."""

    queryset = Delivery.objects.all()
    serializer_class = wire.DeliveryRead
    filterset_class = DeliveryFilter
    orderings = ("-created_at", "created_at")
    capabilities: ClassVar = {"list": "webhooks.view", "retrieve": "webhooks.view", "replay": "webhooks.edit"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return those of the webhook in the address. Raises NotFound."""
        if getattr(self, "swagger_fake_view", False):
            return Delivery.objects.none()
        try:
            exists = Endpoint.objects.filter(pk=self.kwargs["webhook_id"]).exists()
        except (ValidationError, ValueError):
            exists = False
        if not exists:
            message = "There is no such webhook."
            raise NotFound(message)
        deliveries = super().get_queryset().filter(endpoint_id=self.kwargs["webhook_id"])
        if self.action == "list":
            return deliveries
        attempts = Prefetch("attempts_made", DeliveryAttempt.objects.order_by("at"))
        return deliveries.select_related("event", "endpoint").prefetch_related(attempts)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Show a list in short."""
        return wire.DeliveryRow if self.action == "list" else wire.DeliveryRead

    @extend_schema(exclude=False)
    def retrieve(self, request: Request, webhook_id: str, pk: str) -> Response:  # type: ignore[override]  # noqa: ARG002
        """Answer with one delivery, what was sent, and each try."""
        return self.shown(self.get_object())

    def list(self, request: Request, webhook_id: str) -> Response:  # type: ignore[override]  # noqa: ARG002
        """Answer with a page."""
        return Readable.list(self, request)

    @extend_schema(request=None, responses={202: wire.DeliveryRead})
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, webhook_id: str, pk: str) -> Response:  # noqa: ARG002
        """Send it again."""
        replay_delivery(delivery_id=self.get_for_change().pk, now=clock.now())
        return self.shown(self.get_object(), 202)


def _made(made: MadeEndpoint) -> Response:
    body = wire.WebhookMade({"webhook": made.row, "secret": made.secret}).data
    return Response(body, status=201, headers={"Cache-Control": "no-store"})
