"""Django's addresses: the back office, health, uploads, and the shop on everything else."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve

from hansa.interfaces import health
from hansa.interfaces.backoffice.site import backoffice

urlpatterns = [
    path("admin/", backoffice.urls),
    path("health/live", health.live),
    path("health/ready", health.ready),
    re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}),
    path("", include("hansa.interfaces.shop.urls")),
]
handler404 = "hansa.interfaces.shop.views.not_found"
handler500 = "hansa.interfaces.shop.views.failed"
