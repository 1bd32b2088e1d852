"""Uploaded files, each at its own shop's host only."""

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.static import serve

from hansa.kernel.tenancy import get_current_tenant


@transaction.non_atomic_requests
def media(request: HttpRequest, tenant_id: str, path: str) -> HttpResponseBase:
    """Serve a file of the shop that the host names; another shop's is not found."""
    if tenant_id != str(get_current_tenant().id):
        raise Http404
    return serve(request, f"{tenant_id}/{path}", document_root=str(settings.MEDIA_ROOT))
