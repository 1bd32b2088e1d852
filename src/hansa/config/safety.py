"""What must not be in production: each unsafe setting has a sentence of its own, and nothing starts with one."""

import os
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from hansa.config.environment import Environment, is_local
from hansa.kernel.addresses import read_trusted_proxies

MIN_KEY_CHARACTERS = 50
MIN_KEY_VARIETY = 10
_PLACEHOLDERS = ("django-insecure", "change", "secret", "example", "default", "test", "todo", "password")


def unsafe_settings(environment: Environment) -> list[str]:
    """Return a sentence per unsafe setting; none in development, where all is allowed."""
    if not environment.is_production:
        return []
    return [said for check in _CHECKS if (said := check(environment))]


def secrets_of(environment: Environment) -> list[str]:
    """Return the values that no log may hold."""
    urls = (environment.email_url, environment.redis_url)
    return [
        secret
        for secret in (
            environment.secret_key,
            *environment.secret_key_fallbacks,
            environment.stripe_secret_key,
            *environment.stripe_webhook_secret,
            *(unquote(urlsplit(url).password or "") for url in urls),
            *(
                _connection(url).get("password", "")
                for url in (environment.database_url, environment.owner_database_url)
            ),
        )
        if secret
    ]


def _debug(environment: Environment) -> str:
    return "HANSA_DEBUG shows strangers the program's inside. Remove it." if environment.debug else ""


def _no_key(environment: Environment) -> str:
    if environment.secret_key:
        return ""
    return (
        "HANSA_SECRET_KEY is not set. Make one with `openssl rand -base64 48`, and set it, or HANSA_SECRET_KEY_FILE,"
        " on every machine."
    )


def _weak_key(environment: Environment) -> str:
    key = environment.secret_key
    if not key or (len(key) >= MIN_KEY_CHARACTERS and len(set(key)) >= MIN_KEY_VARIETY):
        return ""
    return (
        f"HANSA_SECRET_KEY is too easy to guess: it needs {MIN_KEY_CHARACTERS} random characters or more."
        " Make one with `openssl rand -base64 48`."
    )


def _placeholder_key(environment: Environment) -> str:
    if not environment.secret_key.lower().startswith(_PLACEHOLDERS):
        return ""
    return "HANSA_SECRET_KEY is a placeholder that others know. Make one with `openssl rand -base64 48`."


def _any_host(environment: Environment) -> str:
    if not any("*" in host or host.startswith(".") for host in environment.allowed_hosts):
        return ""
    return "HANSA_ALLOWED_HOSTS must list exact hosts, without *. Leave it empty to allow the shops' hosts."


def _no_tls(environment: Environment) -> str:
    if environment.behind_tls_proxy:
        return ""
    return (
        "HANSA_BEHIND_TLS_PROXY is not set: cookies and passwords would travel in the clear. Put a proxy that speaks"
        " HTTPS in front, let it set X-Forwarded-Proto, and set this to true."
    )


def _unknown_clients(environment: Environment) -> str:
    if not environment.behind_tls_proxy or environment.trusted_proxies:
        return ""
    return (
        "HANSA_TRUSTED_PROXIES is not set: behind a proxy all clients would count as one. Set it to how many proxies"
        " stand in front (1), or to their networks."
    )


def _believed_clients(environment: Environment) -> str:
    trusted = read_trusted_proxies(environment.trusted_proxies)
    if isinstance(trusted, int) or all(network.prefixlen > 0 for network in trusted):
        return ""
    return (
        "HANSA_TRUSTED_PROXIES trusts the whole internet: anybody could choose an address. Name your proxies' networks."
    )


def _embedded_database(environment: Environment) -> str:
    if environment.database_url:
        return ""
    return "DATABASE_URL is not set: the embedded PostgreSQL has no backups and one machine. Name a server of your own."


def _owner_serves(environment: Environment) -> str:
    user = _connection(environment.database_url).get("user", "")
    owner = _connection(environment.owner_database_url).get("user", "hansa_owner")
    if user not in {owner, "postgres"}:
        return ""
    return (
        f"DATABASE_URL connects as {user}, whom the wall between merchants does not hold. Connect as hansa_app"
        " (see docs/operations.md)."
    )


def _open_database(environment: Environment) -> str:
    parts = _connection(environment.database_url)
    host = parts.get("host", "")
    if _is_here(host) or parts.get("sslmode") != "disable":
        return ""
    return f"DATABASE_URL talks to {host} with sslmode=disable. Use sslmode=verify-full, or require at the least."


def _free_goods(environment: Environment) -> str:
    if not environment.allow_manual_payments:
        return ""
    return "HANSA_ALLOW_MANUAL_PAYMENTS lets shoppers buy without paying. Remove it."


def _play_money(environment: Environment) -> str:
    if not environment.stripe_secret_key.startswith(("sk_test_", "rk_test_")):
        return ""
    return "HANSA_STRIPE_SECRET_KEY is a test key, with which nobody is charged. Use the live key."


def _unheard_payments(environment: Environment) -> str:
    if not environment.stripe_secret_key or environment.stripe_webhook_secret:
        return ""
    return "HANSA_STRIPE_WEBHOOK_SECRET is not set: no webhook would be believed. Set the endpoint's signing secret."


def _other_stripe(environment: Environment) -> str:
    if not environment.stripe_api_base:
        return ""
    return "HANSA_STRIPE_API_BASE sends payments to somebody who is not Stripe. Remove it."


def _lost_mail(environment: Environment) -> str:
    scheme = urlsplit(environment.email_url).scheme
    if scheme not in {"", "console", "file"}:
        return ""
    return "HANSA_EMAIL_URL sends no e-mail, only writes it down. Name a mail server: smtp://user:password@host:587."


def _open_mail(environment: Environment) -> str:
    parts = urlsplit(environment.email_url)
    if parts.scheme != "smtp+plain" or _is_here(parts.hostname or ""):
        return ""
    return "HANSA_EMAIL_URL sends e-mail, with links that log people in, in the clear. Use smtp:// or smtps://."


def _no_domain(environment: Environment) -> str:
    if not is_local(environment.base_domain):
        return ""
    return "HANSA_BASE_DOMAIN is localhost, which only this machine can reach. Set the domain that shops live under."


def _open_links(environment: Environment) -> str:
    if not environment.shop_url or environment.shop_url.startswith("https://"):
        return ""
    return "HANSA_SHOP_URL puts links without HTTPS into e-mail. Write it as https://{host}."


def _no_limits(environment: Environment) -> str:
    if environment.limits and environment.limits_login and environment.limits_codes:
        return ""
    return "HANSA_LIMITS, HANSA_LIMITS_LOGIN or HANSA_LIMITS_CODES is off: passwords could be guessed. Remove it."


def _dies(environment: Environment) -> str:  # noqa: ARG001  (every check is asked alike)
    return (
        "HANSA_DIE_AT ends the process in the middle of a checkout; it is for tests. Remove it."
        if (os.environ.get("HANSA_DIE_AT"))
        else ""
    )


_CHECKS: tuple[Callable[[Environment], str], ...] = (
    _debug,
    _no_key,
    _weak_key,
    _placeholder_key,
    _any_host,
    _no_tls,
    _unknown_clients,
    _believed_clients,
    _embedded_database,
    _owner_serves,
    _open_database,
    _free_goods,
    _play_money,
    _unheard_payments,
    _other_stripe,
    _lost_mail,
    _open_mail,
    _no_domain,
    _open_links,
    _no_limits,
    _dies,
)


def _connection(url: str) -> dict[str, str]:
    try:
        return {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError:
        return {}


def _is_here(host: str) -> bool:
    if not host or host.startswith("/") or is_local(host):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
