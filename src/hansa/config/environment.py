"""What an operator can set, read from environment variables: names, types and defaults in one place."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from hansa.config.email import check_email_url, read_email_url
from hansa.config.secret_files import SecretFiles
from hansa.kernel.addresses import read_trusted_proxies
from hansa.kernel.limits import check_rate
from hansa.kernel.outbound.rules import check_proxy, read_allow_list


def _split(value: object) -> object:
    """Read `a.example,b.example`."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _check_proxies(value: str) -> str:
    read_trusted_proxies(value)
    return value


def _check_allow_list(value: str) -> str:
    read_allow_list(value)
    return value


type Rate = Annotated[str, AfterValidator(check_rate)]
"""How often: `10/minute`, `10 per 15 minutes`; empty: as often as you like."""


class Environment(BaseSettings):
    """Every variable is `HANSA_<NAME>`, except the names that hosting platforms set themselves.

    Each may stand in a file instead: `HANSA_SECRET_KEY_FILE=/run/secrets/hansa`.
    """

    model_config = SettingsConfigDict(env_prefix="HANSA_", extra="ignore")

    environment: Literal["production", "development", ""] = ""
    """In production unsafe settings are refused at the start. Empty: production unless `base_domain` is localhost."""

    home: Path = Path(".hansa")
    """Where embedded data lives: the database, uploads, the secret key."""

    database_url: str = Field("", validation_alias="DATABASE_URL", repr=False)
    """The application's connection, as role `hansa_app`; empty: PostgreSQL from the wheel."""

    owner_database_url: str = Field("", repr=False)
    """The connection that migrates, as role `hansa_owner`. Needed only with DATABASE_URL."""

    database_role: Literal["app", "owner"] = "app"
    """Which of the two this process uses; `hansa manage migrate` sets it for itself."""

    database_pool_size: int = Field(8, ge=1, le=100)
    """The most connections of one web worker."""

    secret_key: str = Field("", repr=False)
    """Signs sessions; empty: made once and kept under `home`."""

    secret_key_fallbacks: Annotated[list[str], NoDecode, BeforeValidator(_split)] = Field([], repr=False)
    """Keys that it has replaced, with commas: what they have signed and sealed still opens."""

    static_root: Path | None = None
    """Where `hansa manage collectstatic` puts files for a web server or CDN; not needed to serve them."""

    allowed_hosts: Annotated[list[str], NoDecode, BeforeValidator(_split)] = []
    """Merchants' own domains are found in the database; this narrows them further when set."""

    base_domain: str = "localhost"
    """Tenants are reached as <slug>.<base domain>."""

    behind_tls_proxy: bool = False
    """A proxy in front speaks HTTPS and sets X-Forwarded-Proto itself: cookies are sent over HTTPS only."""

    trusted_proxies: Annotated[str, AfterValidator(_check_proxies)] = ""
    """Whose X-Forwarded-For is believed: how many proxies stand in front (`1`), or their networks (`10.0.0.0/8`)."""

    redis_url: str = Field("", validation_alias="REDIS_URL", repr=False)
    """Where limits are counted for all processes together; empty: each process counts for itself."""

    limits: bool = True
    """Whether anything is counted at all."""

    limits_browse: Rate | None = None
    """Reading, per address. Unset: 6000/minute in production, no limit in development."""

    limits_cart: Rate = "300/minute"
    """Changing carts, per address and per cart token."""

    limits_checkout: Rate = "60/minute"
    """Checkouts, per address and per cart token."""

    limits_login: Rate = "30/minute"
    """Logging in, signing up, resetting a password, per address."""

    limits_codes: Rate = "30/minute"
    """Promotion and gift-card codes that are sent for a cart, per address."""

    limits_management: Rate = "600/minute"
    """The management API and the back office, per address and per key or session."""

    limits_upload: Rate = "120/minute"
    """Sending files, per address and per session."""

    limits_callbacks: Rate = "3000/minute"
    """Payment providers' calls, per address."""

    limits_tenant: Rate = "120000/minute"
    """All requests of one shop, per web process."""

    max_open_orders_per_email: int = Field(5, ge=0)
    """Orders that wait for payment, and hold stock, of one e-mail address in one shop; 0: any number."""

    max_open_orders_per_address: int = Field(20, ge=0)
    """The same of one network address."""

    max_concurrent_requests: int = Field(512, ge=1)
    """Requests that one web process works on; one more is answered 503."""

    max_concurrent_requests_per_tenant: int = Field(32, ge=1)
    """How many of them may be one shop's; more wait for their turn."""

    max_sockets: int = Field(5000, ge=0)
    """WebSockets that one web process keeps open."""

    max_sockets_per_tenant: int = Field(2000, ge=0)
    """How many of them may be one shop's."""

    max_sockets_per_address: int = Field(50, ge=0)
    """How many of them one network address may have in one shop."""

    statement_timeout_seconds: float = Field(5, gt=0, le=600)
    """The longest that one statement of a request may take."""

    max_kept_pages_bytes: int = Field(64_000_000, ge=0, le=100_000_000_000)
    """Memory of one web process for finished pages of the reference shops; 0: every page is made anew."""

    max_import_bytes: int = Field(250_000_000, ge=1_000_000, le=5_000_000_000)
    """The largest file that staff or integrations may send to be imported."""

    allow_manual_payments: bool | None = None
    """Offer the provider `manual`, which charges nobody. Unset: only with the embedded database or `debug`."""

    reservation_seconds: int = Field(600, ge=1, le=86_400)
    """How long stock is held for an order that is not paid yet; once more when the buyer is sent to the bank."""

    tax_provider: str = ""
    """The dotted path of a `TaxProvider`; empty: the rates that merchants keep themselves."""

    fetch_pictures: bool = True
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

    unverified_account_days: int = Field(30, ge=0, le=3650)
    """How long an account is kept whose e-mail address nobody proves; 0: for ever."""

    event_retention_days: int = Field(90, ge=1, le=3650)
    """How long the log of events is kept, for integrations that were away."""

    outbound_allow: Annotated[str, AfterValidator(_check_allow_list)] = ""
    """Hosts and networks (`receiver.test,10.1.0.0/16`) that webhooks and pictures may come to although they are not
    public, on any port and over http too. Nothing of ours should stand there."""

    outbound_proxy: Annotated[str, AfterValidator(check_proxy)] = Field("", repr=False)
    """`http://proxy:3128`: all calls to addresses that merchants type in go through it; it must refuse what is not
    public, as Smokescreen does. Empty: they are called directly."""

    debug: bool = False
    log_format: Literal["text", "json"] = "json"
    slow_request_seconds: float = 1.0

    port: int = Field(8000, ge=1, le=65535, validation_alias="PORT")
    workers: int = Field(2, ge=1, le=64)

    broker_url: str = Field("", validation_alias="CELERY_BROKER_URL", repr=False)
    """`amqp://user:password@host:5672/vhost` (RabbitMQ) or `redis://host:6379/1`: Celery's workers do the background
    work, on as many machines as you like. Empty: `hansa worker` does it by itself, from the database."""

    worker_concurrency: int = Field(2, ge=1, le=64)
    """How many short tasks one `hansa worker` does at the same time."""

    worker: bool = True
    """Whether `hansa serve` starts a worker beside the web processes; off where `hansa worker` runs elsewhere."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic's signature)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read variables, and the files that other variables name."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    @property
    def is_production(self) -> bool:
        """Whether strangers may be out there."""
        if self.environment:
            return self.environment == "production"
        return not is_local(self.base_domain)

    @property
    def rates(self) -> dict[str, str]:
        """The limits by class of operation; see `interfaces/guards/limits.py`."""
        if not self.limits:
            return {}
        browse = self.limits_browse
        if browse is None:
            browse = "6000/minute" if self.is_production else ""
        return {
            "browse": browse,
            "cart": self.limits_cart,
            "checkout": self.limits_checkout,
            "login": self.limits_login,
            "codes": self.limits_codes,
            "management": self.limits_management,
            "upload": self.limits_upload,
            "callbacks": self.limits_callbacks,
            "tenant": self.limits_tenant,
        }

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


def is_local(domain: str) -> bool:
    """Tell whether a domain is only this machine's: localhost and what is below it (RFC 6761)."""
    return domain == "localhost" or domain.endswith(".localhost")


@cache
def get_environment() -> Environment:
    """Return the environment, read once per process."""
    return Environment()
