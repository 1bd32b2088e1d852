"""What an operator can set, read from environment variables: names, types and defaults in one place."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hansa.config.email import check_email_url, read_email_url


def _split(value: object) -> object:
    """Read `a.example,b.example`."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class Environment(BaseSettings):
    """Every variable is `HANSA_<NAME>`, except the two names that hosting platforms set themselves."""

    model_config = SettingsConfigDict(env_prefix="HANSA_", extra="ignore")

    home: Path = Path(".hansa")
    """Where embedded data lives: the database, uploads, the secret key."""

    database_url: str = Field("", validation_alias="DATABASE_URL")
    """The application's connection, as role `hansa_app`; empty: PostgreSQL from the wheel."""

    owner_database_url: str = ""
    """The connection that migrates, as role `hansa_owner`. Needed only with DATABASE_URL."""

    database_role: Literal["app", "owner"] = "app"
    """Which of the two this process uses; `hansa manage migrate` sets it for itself."""

    database_pool_size: int = Field(8, ge=1, le=100)
    """The most connections of one web worker."""

    secret_key: str = ""
    """Signs sessions; empty: made once and kept under `home`."""

    static_root: Path | None = None
    """Where `hansa manage collectstatic` puts files for a web server or CDN; not needed to serve them."""

    allowed_hosts: Annotated[list[str], NoDecode, BeforeValidator(_split)] = []
    """Merchants' own domains are found in the database; this narrows them further when set."""

    base_domain: str = "localhost"
    """Tenants are reached as <slug>.<base domain>."""

    behind_tls_proxy: bool = False
    """A proxy in front speaks HTTPS and sets X-Forwarded-Proto itself: cookies are sent over HTTPS only."""

    allow_manual_payments: bool | None = None
    """Offer the provider `manual`, which charges nobody. Unset: only with the embedded database or `debug`."""

    reservation_seconds: int = Field(600, ge=1, le=86_400)
    """How long stock is held for an order that is not paid yet; once more when the buyer is sent to the bank."""

    tax_provider: str = ""
    """The dotted path of a `TaxProvider`; empty: the rates that merchants keep themselves."""

    payment_timeout_seconds: float = Field(2.2, gt=0, le=30)
    """How long a shopper waits for a payment provider; then the payment is settled later."""

    stripe_secret_key: str = Field("", repr=False)
    """Set: payments through Stripe are offered. One account for the whole installation."""

    stripe_publishable_key: str = ""
    """What browsers use; not a secret."""

    stripe_webhook_secret: Annotated[list[str], NoDecode, BeforeValidator(_split)] = Field([], repr=False)
    """Signing secrets of the endpoints at Stripe, with commas; several while one is being replaced."""

    stripe_api_base: str = ""
    """Another address than Stripe's own: for tests."""

    email_url: Annotated[str, AfterValidator(check_email_url)] = Field("", repr=False)
    """Where e-mail goes: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, `smtp+plain://host:25`,
    `console:` or `file:///directory`. Empty: files under `home`/mail."""

    email_from: str = ""
    """The address that e-mail comes from; the shop's name is put before it. Empty: shop@<base domain>."""

    shop_url: str = ""
    """How shoppers reach a shop, for links in e-mail: `https://{host}`. Empty: from `behind_tls_proxy` and PORT."""

    password_hashes_at_once: int = Field(2, ge=1, le=64)
    """How many passwords one web process hashes at the same time: each takes 46 MiB; the others wait."""

    account_requests_at_once: int = Field(4, ge=1, le=64)
    """How many logins, sign-ups and the like one web process serves at the same time: each takes a thread and
    a connection to the database; the others wait."""

    account_beat_seconds: float = Field(0.2, ge=0, le=5)
    """Answers to logins, sign-ups and the like leave at multiples of this: how long it took says nothing."""

    debug: bool = False
    log_format: Literal["text", "json"] = "json"
    slow_request_seconds: float = 1.0

    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT")
    workers: int = Field(2, ge=1, le=64)

    worker: bool = True
    """Whether `hansa serve` starts a worker beside the web processes; off where `hansa worker` runs elsewhere."""

    @property
    def shop_address(self) -> str:
        """The address of a shop, with {host} in it."""
        if self.shop_url:
            return self.shop_url.rstrip("/")
        return "https://{host}" if self.behind_tls_proxy else f"http://{{host}}:{self.port}"

    @property
    def mailer(self) -> dict[str, Any]:
        """Django's MAILERS["default"]."""
        return read_email_url(self.email_url or f"file://{self.home.resolve() / 'mail'}")

    @property
    def payment_providers(self) -> dict[str, str]:
        """The providers that this installation offers, by name, as dotted paths."""
        is_manual = self.allow_manual_payments
        if is_manual is None:
            is_manual = self.debug or not self.database_url
        providers = {"manual": "hansa.providers.manual.provider.ManualProvider"} if is_manual else {}
        if self.stripe_secret_key:
            providers["stripe"] = "hansa.providers.stripe.provider.StripeProvider"
        return providers


@cache
def get_environment() -> Environment:
    """Return the environment, read once per process."""
    return Environment()
