"""Django's addresses: the back office, health, uploads, and the shop on everything else."""

from django.urls import include, path

from hansa.interfaces import health
from hansa.interfaces.backoffice import entrance
from hansa.interfaces.backoffice.site import backoffice, open_page
from hansa.interfaces.media import media

urlpatterns = [
    path("admin/invitation/<uuid:invitation_id>/<str:token>/", open_page(entrance.invitation), name="invitation"),
    path("admin/support/<uuid:grant_id>/<str:token>/", open_page(entrance.support), name="support"),
    path("admin/", backoffice.urls),
    path("manage/", include("hansa.interfaces.management.urls")),
    path("callbacks/", include("hansa.interfaces.callbacks.urls")),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("media/<str:tenant_id>/<path:path>", media),
    path("", include("hansa.interfaces.shop.urls")),
    path("", include("hansa.interfaces.identity.urls")),
]
handler403 = "hansa.interfaces.backoffice.site.forbidden"
handler404 = "hansa.interfaces.shop.views.not_found"
handler500 = "hansa.interfaces.shop.views.failed"
