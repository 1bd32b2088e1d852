"""People of a shop: they sign up, read their mail and log in, as an app's client does."""

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext

PASSWORD = "plum-Lantern-49-orbit"  # noqa: S105  (a test's)
ADDRESS = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


def last_code(tenant: TenantContext, email: str) -> str:
    """Return the code in the last letter to this address."""
    from hansa.domain.notifications.models import Kind, Notification
    from tests.worlds import entered

    with entered(tenant):
        letter = Notification.objects.filter(kind=Kind.ACCOUNT, recipient=email).latest("created_at", "id")
        return str((letter.content or {})["code"])


@dataclass
class Person:
    """Somebody with an app on their phone."""

    client: TestClient
    tenant: TenantContext
    email: str
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What the app sends with each request."""
        return {"X-Session-Token": self.token} if self.token else {}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the API under /_allauth/app/v1, and keep the session's token."""
        answer = self.client.request(method, f"/_allauth/app/v1{path}", json=body, headers=self.headers)
        meta = answer.json().get("meta", {}) if answer.content else {}
        self.token = meta.get("session_token", self.token)
        return answer

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask the storefront."""
        return self.client.request(method, f"/api/v1{path}", json=body, headers=self.headers | headers)

    def sign_up(self, password: str = PASSWORD) -> "Person":
        """Sign up and prove the address."""
        answer = self.ask("POST", "/auth/signup", {"email": self.email, "password": password})
        assert answer.status_code == 401, answer.text
        answer = self.ask("POST", "/auth/email/verify", {"key": last_code(self.tenant, self.email)})
        assert answer.status_code == 200, answer.text
        return self

    def log_in(self, password: str = PASSWORD) -> Any:
        """Log in with the password, in a session of its own."""
        self.token = ""
        return self.ask("POST", "/auth/login", {"email": self.email, "password": password})

    def confirm_again(self, password: str = PASSWORD) -> None:
        """Type the password once more."""
        answer = self.ask("POST", "/auth/reauthenticate", {"password": password})
        assert answer.status_code == 200, answer.text
