"""A real server, a real Chromium, and a shop to walk through.

Everything here is synchronous Playwright, which keeps an event loop running on the test's thread, and Django
refuses to be called beside one. So the world is made before Playwright starts, and Playwright ends with each
test: it must never be in the way of the tests that come after.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

START_TIMEOUT_SECONDS = 60
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
)
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "small phone": {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True},
}

# Adds up every shift of what was already shown, unless the shopper has just done something.
_WATCH_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """One visit to the shop, and everything the browser complained about during it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Open an address of the shop."""
        self.page.goto(self.base + address)
        return self.page

    def check_page(self) -> None:
        """Assert what must hold wherever the shopper stands."""
        page = self.page
        assert self.complaints == []
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{page.url} is {overflow} pixels too wide"
        assert page.locator("img:not([alt])").count() == 0
        broken = "[...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)"
        assert page.evaluate(broken) == []


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return where Chromium is. Without it these tests fail: whoever selected them wanted them run."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing, so the shop was not tried in a browser. Install it: make services")
    return path


@pytest.fixture(scope="session")
def shop_slug() -> str:
    """Return the slug of a stocked shop that all browser tests share: they only look."""
    from hansa.domain.tenants.services.create import create_tenant
    from tests.browser.goods import stock

    tenant = create_tenant(slug=f"walk-{os.getpid()}", name="Harbour Street")
    stock(tenant)
    from django.db import connection

    connection.close()
    return tenant.slug


@pytest.fixture(scope="session")
def server_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve the test's database with the real server; returns the port."""
    with serving(tmp_path_factory.mktemp("server") / "log") as port:
        yield port


@contextmanager
def serving(log: Path, **settings: str) -> Iterator[int]:
    """Run the real server with these environment variables, and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with log.open("w") as output:
        command = [sys.executable, "-m", "hansa", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | settings | {"PORT": str(port)}
        )
    try:
        _wait_for(port, server, log)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server did not start. Its log:\n{log.read_text()}")


@pytest.fixture
def chromium(chromium_path: str, shop_slug: str, server_port: int) -> Iterator[Browser]:  # noqa: ARG001  (the world first)
    """Return a fresh Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, shop_slug: str, server_port: int) -> Iterator[Callable[..., Visit]]:
    """Return a function that begins a visit on a device, with or without scripts."""
    contexts: list[BrowserContext] = []

    def begin(device: str = "desktop", *, scripts: bool = True, **options: Any) -> Visit:
        context = chromium.new_context(**DEVICES[device], java_script_enabled=scripts, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.add_init_script(_WATCH_SHIFTS)
        begun = Visit(context.new_page(), f"http://{shop_slug}.localhost:{server_port}")
        # Chromium reports refusals of the Content-Security-Policy on the console, too.
        begun.page.on("console", lambda message: begun.complaints.append(message.text))
        begun.page.on("pageerror", lambda error: begun.complaints.append(str(error)))
        begun.page.on("requestfailed", lambda request: _note_failure(begun, request))
        return begun

    yield begin
    for context in contexts:
        context.close()


def _note_failure(begun: Visit, request: Any) -> None:
    # Leaving a page while pictures still load is no failure of the shop.
    if "ERR_ABORTED" not in (request.failure or ""):
        begun.complaints.append(f"{request.url}: {request.failure}")
