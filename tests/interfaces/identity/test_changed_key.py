"""The installation's secret key is changed, and the old one is kept as a fallback: nobody notices."""

import pytest
from django.conf import settings

from hansa.config.environment import Environment
from hansa.config.safety import secrets_of
from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.people import Person


@pytest.fixture
def _another_key(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be another key than the one that ada logged in with."""
    assert ada.token
    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr(settings, "SECRET_KEY", "another-key-of-the-installation-" * 2)


@pytest.mark.usefixtures("_another_key")
def test_whoever_is_logged_in_stays_so(ada: Person) -> None:
    for _ in range(2):
        assert ada.call("GET", "/me").status_code == 200, "asking whose session it is does not end it"


@pytest.mark.usefixtures("_another_key")
def test_whoever_logs_in_ends_none_of_their_other_sessions(ada: Person, meet: Meet, shop: TenantContext) -> None:
    assert meet(shop).log_in().status_code == 200
    assert ada.call("GET", "/me").status_code == 200


def test_the_keys_that_were_replaced_are_settings_and_in_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANSA_SECRET_KEY_FALLBACKS", "the-last-one, the-one-before")
    environment = Environment()
    assert environment.secret_key_fallbacks == ["the-last-one", "the-one-before"]
    assert {"the-last-one", "the-one-before"} <= set(secrets_of(environment))
    assert "the-last-one" not in repr(environment)
