"""Pictures by URL in the back office."""

import re

from starlette.testclient import TestClient

from hansa.domain.catalog.models import Picture, PictureStatus
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.backoffice.conftest import filled, messages_of
from tests.worlds import entered

LIST = "/admin/catalog/picture/"


def test_a_merchant_sees_what_cannot_be_fetched_and_has_it_tried_again(staff: TestClient, shop: TenantContext) -> None:
    url = "https://pictures.example/mug.jpg"
    with entered(shop):
        failed = Picture.objects.create(url=url, status=PictureStatus.FAILED, last_error="PictureRefused: it is gone")
    listed = staff.get(LIST).text
    assert "PictureRefused: it is gone" in messages_of(listed)
    (page,) = set(re.findall(rf"{LIST}[0-9a-f-]+/change/", listed))
    sent = filled(staff.get(page).text)
    done = staff.post(page.removesuffix("change/") + "do/retry/", data=sent, follow_redirects=True)
    assert "The picture is fetched again in a moment." in messages_of(done.text)
    with entered(shop):
        failed.refresh_from_db()
    assert failed.status == PictureStatus.PENDING
    assert "Fetch it again" not in done.text
