"""The addresses of the management API."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from hansa.interfaces.docs_page import docs_page
from hansa.interfaces.management.views.audit import AuditLogResource
from hansa.interfaces.management.views.catalog import ProductResource
from hansa.interfaces.management.views.customers import CustomerResource
from hansa.interfaces.management.views.events import EventResource
from hansa.interfaces.management.views.exports import ExportResource
from hansa.interfaces.management.views.feeds import FeedResource
from hansa.interfaces.management.views.imports import ImportResource
from hansa.interfaces.management.views.orders import OrderResource
from hansa.interfaces.management.views.staff import ApiKeyResource, InvitationResource, RoleResource, StaffResource
from hansa.interfaces.management.views.webhooks import DeliveryResource, WebhookResource

router = SimpleRouter(trailing_slash=False)
router.register("staff", StaffResource, basename="staff")
router.register("roles", RoleResource, basename="roles")
router.register("invitations", InvitationResource, basename="invitations")
router.register("api-keys", ApiKeyResource, basename="api-keys")
router.register("customers", CustomerResource, basename="customers")
router.register("audit-log", AuditLogResource, basename="audit-log")
router.register("products", ProductResource, basename="products")
router.register("orders", OrderResource, basename="orders")
router.register("exports", ExportResource, basename="exports")
router.register("feeds", FeedResource, basename="feeds")
router.register("events", EventResource, basename="events")
router.register("webhooks", WebhookResource, basename="webhooks")
router.register(r"webhooks/(?P<webhook_id>[^/]+)/deliveries", DeliveryResource, basename="deliveries")
router.register("imports", ImportResource, basename="imports")


class Nowhere(APIView):
    """Every other address below /manage/."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:  # noqa: ARG002  (DRF's signature)
        """Say that there is nothing, whatever the method. Raises NotFound."""
        message = f"There is nothing at {request.path}. The API is described at /manage/docs."
        raise NotFound(message)


def docs(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django's signature)
    """Show the API's description."""
    page, headers = docs_page(title="Hansa management API", schema="/manage/openapi.json")
    return HttpResponse(page, headers=headers)


urlpatterns = [
    path("v1/", include(router.urls)),
    path("openapi.json", SpectacularJSONAPIView.as_view(permission_classes=[], authentication_classes=[])),
    path("docs", docs),
    re_path("", Nowhere.as_view()),
]
