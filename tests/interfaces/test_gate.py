"""The gate: which shop a host names, and what every answer carries."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hansa.domain.tenants.models import Domain, Tenant
from hansa.interfaces.health import check_migrations
from hansa.kernel.tenancy import TenantContext
from tests.worlds import address, behind_the_gate, browser, draft, stock_shop


def test_a_host_that_names_no_shop_gets_a_problem_document() -> None:
    with browser(host="nobody-here.localhost") as client:
        answer = client.get("/api/v1/products")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "tenant_not_found"


@pytest.mark.parametrize("path", ["/", "/api/v1/products", "/admin/", "/no-such-page"])
def test_a_suspended_shop_answers_403_on_every_path(shop: TenantContext, path: str) -> None:
    Tenant.objects.filter(id=shop.id).update(status=Tenant.Status.SUSPENDED)
    with browser(shop) as client:
        answer = client.get(path)
    assert answer.status_code == 403
    assert answer.json()["code"] == "tenant_suspended"


def test_suspending_a_shop_works_within_a_second_or_two(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hansa.interfaces.gate.TENANT_MEMORY_SECONDS", 0.0)
    with browser(shop) as client:
        assert client.get("/api/v1/products").status_code == 200
        Tenant.objects.filter(id=shop.id).update(status=Tenant.Status.SUSPENDED)
        assert client.get("/api/v1/products").status_code == 403


def test_a_merchants_own_domain_names_the_shop(shop: TenantContext) -> None:
    host = f"www.{shop.slug}.example"
    Domain.objects.create(tenant_id=shop.id, host=host)
    stock_shop(shop, draft("Mug"))
    with browser(host=host) as client:
        assert [item["name"] for item in client.get("/api/v1/products").json()["items"]] == ["Mug"]


@pytest.mark.parametrize("spelling", ["{}.LOCALHOST", "{}.localhost.", "{}.localhost:8000"])
def test_a_host_is_read_in_any_spelling(shop: TenantContext, spelling: str) -> None:
    with browser(shop) as client:
        answer = client.get("/api/v1/products", headers={"host": spelling.format(shop.slug)})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["demo.localhost:abc", "a b", "x" * 300, "[::1]:80", "demo.localhost@evil"])
def test_a_host_that_is_no_host_names_no_shop(shop: TenantContext, host: str) -> None:
    with browser(shop) as client:
        answer = client.get("/", headers={"host": host})
    assert (answer.status_code, answer.json()["code"]) == (404, "tenant_not_found")


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-tenant", "forwarded", "x-original-host"])
def test_no_header_but_the_host_chooses_the_shop(shop: TenantContext, rival: TenantContext, header: str) -> None:
    stock_shop(rival, draft("Secret"))
    with browser(shop) as client:
        answer = client.get("/api/v1/products", headers={header: f"{rival.slug}.localhost"})
    assert answer.json()["items"] == []


def test_health_needs_no_shop() -> None:
    with browser(host="10.0.0.1") as client:
        assert client.get("/health/live").json() == {"status": "live"}
        assert client.get("/health/ready").json() == {"status": "ready", "failing": []}


@pytest.fixture
def one_migration_short() -> Iterator[None]:
    """Take the database back to before one of the migrations, as far as it is written down."""
    check_migrations.cache_clear()
    named = "app = 'imports' AND name = '0003_job'"
    with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"], autocommit=True) as owner:
        owner.execute(f"UPDATE django_migrations SET name = 'taken back' WHERE {named}")
        yield
        owner.execute("UPDATE django_migrations SET name = '0003_job' WHERE name = 'taken back'")
    check_migrations.cache_clear()


@pytest.mark.usefixtures("one_migration_short")
def test_a_database_that_is_behind_the_code_is_not_ready() -> None:
    with browser(host="10.0.0.1") as client:
        answer = client.get("/health/ready")
        assert client.get("/health/live").status_code == 200
    assert (answer.status_code, answer.json()["failing"]) == (503, ["migrations"])
    assert "imports.0003_job" in answer.json()["detail"]
    assert "hansa manage migrate" in answer.json()["detail"]


def test_a_database_that_is_up_to_date_is_asked_for_its_migrations_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    check_migrations.cache_clear()
    asked: list[object] = []
    applied = MigrationRecorder.applied_migrations

    def counted(self: MigrationRecorder) -> Any:
        asked.append(self)
        return applied(self)

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", counted)
    with browser(host="10.0.0.1") as client:
        assert [client.get("/health/ready").status_code for _ in range(3)] == [200, 200, 200]
    assert len(asked) == 1


def test_a_socket_of_an_unknown_host_is_refused() -> None:
    with (
        browser(host="nobody-here.localhost") as client,
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect("/ws/orders"),
    ):
        pass
    assert (refused.value.code, refused.value.reason) == (4404, "tenant_not_found")


def test_every_answer_says_its_request_id_and_time(shop: TenantContext) -> None:
    with browser(shop) as client:
        for path in ("/", "/api/v1/products", "/api/v1/nothing", "/admin/login/", "/health/live"):
            answer = client.get(path)
            assert len(answer.headers["x-request-id"]) == 32, path
            assert answer.headers["server-timing"].startswith("total;dur="), path


def test_the_callers_request_id_is_kept_when_it_looks_like_one(shop: TenantContext) -> None:
    with browser(shop) as client:
        kept = client.get("/api/v1/products", headers={"x-request-id": "order-sync.42"})
        replaced = client.get("/api/v1/products", headers={"x-request-id": "a b\tc" + "x" * 100})
    assert kept.headers["x-request-id"] == "order-sync.42"
    assert len(replaced.headers["x-request-id"]) == 32


def test_every_request_is_one_line_of_the_log(shop: TenantContext, capsys: pytest.CaptureFixture[str]) -> None:
    import structlog

    with structlog.testing.capture_logs() as lines, browser(shop) as client:
        client.get("/api/v1/products", headers={"x-request-id": "trace-me-please"})
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/products", 200)
    assert (line["tenant"], line["request_id"]) == (shop.slug, "trace-me-please")
    assert line["milliseconds"] > 0
    assert capsys.readouterr().out == ""


def test_a_slow_request_is_a_warning(shop: TenantContext) -> None:
    import structlog
    from django.test import override_settings

    with (
        override_settings(SLOW_REQUEST_SECONDS=0.0),
        structlog.testing.capture_logs() as lines,
        browser(shop) as client,
    ):
        client.get("/api/v1/products")
    assert [line["log_level"] for line in lines if line["event"] == "slow_request"] == ["warning"]


def test_a_bug_is_a_numbered_500_that_shows_nothing_of_itself(shop: TenantContext) -> None:
    import structlog

    async def broken(*_: Any) -> None:
        secret = "the-secret-in-a-traceback"  # noqa: S105
        raise RuntimeError(secret)

    with structlog.testing.capture_logs() as lines, TestClient(behind_the_gate(broken), address(shop)) as client:
        answer = client.get("/anything")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    number = next(line["error_id"] for line in lines if line["event"] == "unexpected_error")
    assert number in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "limit"), [("/api/v1/products", 1_000_000), ("/health/live", 1_000_000), ("/admin/login/", 25_000_000)]
)
def test_a_body_that_is_too_large_is_refused_declared_or_streamed(shop: TenantContext, path: str, limit: int) -> None:
    with browser(shop) as client:
        declared = client.post(path, content=b"x", headers={"content-length": str(limit + 1)})
        streamed = client.post(path, content=(b"x" * 1_000_000 for _ in range(limit // 1_000_000 + 2)))
    assert (declared.status_code, declared.json()["code"]) == (413, "body_too_large")
    assert streamed.status_code in {403, 405, 413}, "refused before the body was read, or while"


def test_security_headers_are_on_every_answer(shop: TenantContext) -> None:
    with browser(shop) as client:
        for path in ("/", "/no-such-page", "/api/v1/products", "/api/v1/nothing", "/api/docs", "/admin/login/"):
            headers = client.get(path).headers
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"] == "strict-origin-when-cross-origin", path
            assert headers["cross-origin-opener-policy"] == "same-origin", path
            assert headers["x-frame-options"] == "DENY", path
            policy = headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy or path.startswith("/admin/"), path
            assert "frame-ancestors" in policy, path
            assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0], path


def test_the_nonce_of_the_shops_policy_is_new_on_every_answer(shop: TenantContext) -> None:
    with browser(shop) as client:
        policies = {client.get("/").headers["content-security-policy"] for _ in range(5)}
    assert len(policies) == 5
    assert all("'nonce-" in policy for policy in policies)


def test_the_log_line_is_json_by_default() -> None:
    import subprocess
    import sys

    script = (
        "from hansa.config.logging import configure_logging; configure_logging('json');"
        "import structlog; structlog.get_logger('x').info('request', tenant='a')"
    )
    result = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    line = json.loads(result.stderr)
    assert (line["event"], line["tenant"], line["level"]) == ("request", "a", "info")
    assert datetime.fromisoformat(line["timestamp"]).tzinfo == UTC
