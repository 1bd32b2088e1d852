"""Nothing starts in production with a setting that is not safe; each is named with a sentence of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic_settings import SettingsError

from hansa.config.environment import Environment
from hansa.config.safety import unsafe_settings

KEY = "k3y-W1th-Enough-R4nd0m-Ch4racters-t0-Sign-All-Se551ons-0f-A-Shop"
SAFE = {
    "HANSA_ENVIRONMENT": "production",
    "HANSA_SECRET_KEY": KEY,
    "HANSA_BASE_DOMAIN": "shops.example",
    "HANSA_BEHIND_TLS_PROXY": "true",
    "HANSA_TRUSTED_PROXIES": "1",
    "HANSA_EMAIL_URL": "smtp://user:password@mail.example:587",
    "DATABASE_URL": "postgresql://hansa_app:pw@db.example/hansa?sslmode=verify-full",
    "HANSA_OWNER_DATABASE_URL": "postgresql://hansa_owner:pw@db.example/hansa?sslmode=verify-full",
    "HANSA_STRIPE_SECRET_KEY": "sk_live_nobody",
    "HANSA_STRIPE_WEBHOOK_SECRET": "whsec_nobody",
}
PLANTED = [
    ("HANSA_DEBUG", "1", "HANSA_DEBUG shows strangers"),
    ("HANSA_SECRET_KEY", "", "HANSA_SECRET_KEY is not set"),
    ("HANSA_SECRET_KEY", "short", "too easy to guess"),
    ("HANSA_SECRET_KEY", "ab" * 40, "too easy to guess"),
    ("HANSA_SECRET_KEY", f"django-insecure-{KEY}", "placeholder"),
    ("HANSA_ALLOWED_HOSTS", "*", "exact hosts"),
    ("HANSA_BEHIND_TLS_PROXY", "false", "HANSA_BEHIND_TLS_PROXY is not set"),
    ("HANSA_TRUSTED_PROXIES", "", "HANSA_TRUSTED_PROXIES is not set"),
    ("HANSA_TRUSTED_PROXIES", "0.0.0.0/0", "trusts the whole internet"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"),
    ("DATABASE_URL", "postgresql://hansa_owner:pw@db.example/hansa", "connects as hansa_owner"),
    ("DATABASE_URL", "postgresql://hansa_app:pw@db.example/hansa?sslmode=disable", "sslmode=disable"),
    ("HANSA_ALLOW_MANUAL_PAYMENTS", "true", "buy without paying"),
    ("HANSA_STRIPE_SECRET_KEY", "sk_test_nobody", "is a test key"),
    ("HANSA_STRIPE_WEBHOOK_SECRET", "", "no webhook would be believed"),
    ("HANSA_STRIPE_API_BASE", "http://127.0.0.1:1", "somebody who is not Stripe"),
    ("HANSA_EMAIL_URL", "console:", "sends no e-mail"),
    ("HANSA_EMAIL_URL", "", "sends no e-mail"),
    ("HANSA_EMAIL_URL", "smtp+plain://mail.example", "in the clear"),
    ("HANSA_BASE_DOMAIN", "localhost", "HANSA_BASE_DOMAIN is localhost"),
    ("HANSA_SHOP_URL", "http://{host}", "without HTTPS"),
    ("HANSA_LIMITS", "off", "passwords could be guessed"),
    ("HANSA_LIMITS_LOGIN", "", "passwords could be guessed"),
    ("HANSA_DIE_AT", "checkout.begun", "for tests"),
]


def _start(command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    plain = {key: value for key, value in os.environ.items() if not key.startswith(("HANSA_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "hansa", command],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env=plain | SAFE | environment,
    )


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in [key for key in os.environ if key.startswith(("HANSA_", "DATABASE_"))]:
        monkeypatch.delenv(name)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_safe_settings_are_refused_nothing(settings: pytest.MonkeyPatch) -> None:
    settings.delenv("HANSA_ENVIRONMENT")
    environment = Environment()
    assert environment.is_production, "a domain of its own is reached by strangers"
    assert unsafe_settings(environment) == []


@pytest.mark.parametrize(("name", "value", "says"), PLANTED)
def test_an_unsafe_setting_is_refused_with_its_own_message(
    settings: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    settings.setenv(name, value)
    told = [message for message in unsafe_settings(Environment()) if says in message]
    assert len(told) == 1
    assert name in told[0], "the message names the setting"
    settings.setenv("HANSA_ENVIRONMENT", "development")
    assert unsafe_settings(Environment()) == []


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nothing_is_started_with_unsafe_settings_and_all_are_named(command: str, tmp_path: Path) -> None:
    planted = {name: value for name, value, _ in PLANTED[:1] + PLANTED[5:7] + PLANTED[13:14] + PLANTED[16:17]}
    result = _start(command, HANSA_HOME=str(tmp_path), **planted)
    assert result.returncode == 1
    assert "Nothing was started" in result.stderr
    assert "Traceback" not in result.stderr
    for _, _, says in PLANTED[:1] + PLANTED[5:7] + PLANTED[13:14] + PLANTED[16:17]:
        assert says in result.stderr
    assert KEY not in result.stderr


@pytest.mark.parametrize(("name", "value", "says"), [PLANTED[0], PLANTED[2], PLANTED[9], PLANTED[12], PLANTED[19]])
def test_serve_refuses_each_alone(name: str, value: str, says: str, tmp_path: Path) -> None:
    result = _start("serve", HANSA_HOME=str(tmp_path), **{name: value})
    assert (result.returncode, says in result.stderr) == (1, True)
    assert not any(tmp_path.iterdir()), "nothing was even prepared"


def test_the_checks_of_django_for_deployment_find_nothing(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={key: value for key, value in os.environ.items() if not key.startswith(("HANSA_", "DATABASE_"))}
        | SAFE
        | {"HANSA_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hansa.config.settings"},
    )
    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_any_setting_may_stand_in_a_file(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = {"HANSA_SECRET_KEY": f"from-a-file-{KEY}", "DATABASE_URL": "postgresql://hansa_app@h/f", "PORT": "8123"}
    for name, value in files.items():
        (tmp_path / name).write_text(f"{value}\n")
        settings.delenv(name, raising=False)
        settings.setenv(f"{name}_FILE", str(tmp_path / name))
    environment = Environment()
    assert environment.secret_key == files["HANSA_SECRET_KEY"]
    assert environment.database_url == files["DATABASE_URL"]
    assert environment.port == 8123


def test_a_file_that_is_missing_or_contradicts_is_named(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("HANSA_SECRET_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(SettingsError, match="both set"):
        Environment()
    settings.delenv("HANSA_SECRET_KEY")
    with pytest.raises(SettingsError, match="No such file"):
        Environment()


def test_secrets_do_not_show_when_settings_are_printed(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("REDIS_URL", "redis://:canary@h")
    shown = repr(Environment())
    for secret in (KEY, "sk_live_nobody", "whsec_nobody", "canary", ":pw@", "password@mail"):
        assert secret not in shown
