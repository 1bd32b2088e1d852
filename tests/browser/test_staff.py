"""An invitation in a browser: what a page says about its origin, only a browser takes to heart."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.services


@pytest.fixture
def invitation_path(shop_slug: str) -> str:
    """Return the path that an invitation's letter names. It is asked for before Playwright starts."""
    from django.db import connection

    from hansa.domain.staff.models import Role
    from hansa.domain.staff.services.invite_staff import TOKEN_KIND, invite_staff
    from hansa.domain.staff.services.roles import ensure_roles
    from hansa.domain.staff.types import SYSTEM
    from hansa.domain.tenants.selectors import get_tenant_by_slug
    from hansa.kernel.clock import now
    from hansa.kernel.tenancy import tenant_scope
    from hansa.kernel.tokens import make_token
    from hansa.kernel.transactions import transaction

    with tenant_scope(get_tenant_by_slug(shop_slug)):
        with transaction():
            ensure_roles()
            clerk = Role.objects.get(code="clerk").pk
        address = f"clerk.{uuid4().hex}@example.com"
        made = invite_staff(email=address, role_ids=[clerk], by=SYSTEM, now=now())
        path = f"/admin/invitation/{made.pk}/{make_token(TOKEN_KIND, made.pk)}/"
    connection.close()
    return path


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_somebody_who_is_invited_comes_in(invitation_path: str, visit: Callable[..., Visit], device: str) -> None:
    begun = visit(device)
    page = begun.open(invitation_path)
    begun.check_page()
    page.get_by_label("Your name").fill("Carla Clerk")
    page.get_by_label("Password").fill("plum-Lantern-49-orbit")
    page.get_by_role("button", name="Accept and log in").click()
    expect(page).to_have_title("Today | Harbour Street")
    begun.check_page()
    begun.open("/admin/staff/role/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your role does not allow this")
    begun.complaints = [text for text in begun.complaints if "responded with a status of 403" not in text]
    begun.check_page()
    page.get_by_role("link", name="Back to Today").click()
    expect(page).to_have_title("Today | Harbour Street")
