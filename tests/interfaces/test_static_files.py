"""Files of the pages: a name per content, kept by browsers for ever."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext
from tests.worlds import browser

_HASHED = re.compile(r"^/static/(.+)\.[0-9a-f]{12}(\.\w+)$")


@pytest.fixture
def files_of(shop: TenantContext) -> Callable[[str], list[str]]:
    """Return a function that gives the style sheets and scripts that a page asks for."""

    def read(path: str) -> list[str]:
        with browser(shop) as client:
            page = client.get(path).text
        return re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js)[^"]*)"', page)

    return read


@pytest.mark.parametrize("page", ["/", "/nope/", "/admin/login/"])
def test_style_sheets_and_scripts_have_a_name_per_content_and_are_kept_for_ever(
    files_of: Callable[[str], list[str]], page: str
) -> None:
    files = files_of(page)
    assert len(files) >= 2
    with browser(host="10.0.0.1") as client:
        for address in files:
            named = _HASHED.match(address)
            assert named, address
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "immutable" in answer.headers["cache-control"], address
            assert answer.content == Path(str(finders.find(named[1] + named[2]))).read_bytes(), address


def test_a_file_asked_for_by_its_plain_name_is_not_kept_for_ever() -> None:
    with browser(host="10.0.0.1") as client:
        assert "immutable" not in _cache_control(client, "/static/shop/shop.css")
        assert client.get("/static/shop/shop.000000000000.css").status_code == 404


def test_collected_files_are_there_under_both_names(tmp_path: Path) -> None:
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.core.management import call_command
    from django.test import override_settings

    with override_settings(STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
    hashed = staticfiles_storage.url("shop/shop.css").removeprefix("/static/")
    assert _HASHED.match(f"/static/{hashed}")
    assert (tmp_path / hashed).read_bytes() == (tmp_path / "shop/shop.css").read_bytes()


def _cache_control(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.headers["cache-control"]
