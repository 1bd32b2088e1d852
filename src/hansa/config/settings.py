"""Django's settings, computed from `config/environment.py`."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

from hansa.config.accounts import *  # noqa: F403  (the settings of django-allauth)
from hansa.config.environment import get_environment
from hansa.config.logging import configure_logging
from hansa.config.safety import secrets_of
from hansa.config.schedule import SCHEDULE
from hansa.interfaces.backoffice.theme import UNFOLD

environment = get_environment()
PACKAGE = Path(__file__).resolve().parent.parent
HOME = environment.home.resolve()


def _secret_key() -> str:
    """Return the configured key, or one made once and kept in the home directory."""
    if environment.secret_key:
        return environment.secret_key
    file = HOME / "secret_key"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        draft = HOME / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            file.hardlink_to(draft)  # fails when another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()


def _database() -> dict[str, Any]:
    """Return Django's settings for the database this process uses."""
    is_owner = environment.database_role == "owner"
    url = environment.owner_database_url if is_owner else environment.database_url
    if not environment.database_url:
        from hansa.config.embedded_postgres import EmbeddedPostgres  # noqa: PLC0415  (not needed with a real server)

        url = EmbeddedPostgres(HOME).url("hansa_owner" if is_owner else "hansa_app")
    parts = conninfo_to_dict(url)
    options: dict[str, Any] = {
        key: value for key, value in parts.items() if key not in {"dbname", "user", "password", "host", "port"}
    }
    options["pool"] = {"min_size": 1, "max_size": environment.database_pool_size, "timeout": 10}
    return {
        "ENGINE": "hansa.kernel.postgresql",
        "NAME": parts.get("dbname", "hansa"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,  # after a restart of the database nobody gets a dead connection
        "OPTIONS": options,
    }


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = environment.secret_key_fallbacks
SECRET_KEY_IS_SHARED = bool(environment.secret_key) or not environment.is_production
DEBUG = environment.debug
BASE_DOMAIN = environment.base_domain
# The gate (interfaces/gate.py) has already refused every host that is no tenant's.
ALLOWED_HOSTS = environment.allowed_hosts or ["*"]
DATABASES = {"default": _database()}
# What libraries keep about people belongs inside the wall too (docs/adr/0006).
# Libraries whose tables have a `tenant_id` that their models do not know: Note [The second lock].
WALLED_LIBRARIES = frozenset({"account", "admin", "mfa", "socialaccount", "usersessions"})
MIGRATION_MODULES = {
    "admin": "hansa.interfaces.backoffice.admin_migrations",
    "account": "hansa.interfaces.identity.account_migrations",
    "mfa": "hansa.interfaces.identity.mfa_migrations",
    "socialaccount": "hansa.interfaces.identity.socialaccount_migrations",
    "guardian": "hansa.domain.staff.guardian_migrations",
    "usersessions": "hansa.interfaces.identity.usersessions_migrations",
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["hansa.config.formats"]
APPEND_SLASH = True

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "drf_spectacular_sidecar",
    "django_filters",
    "drf_spectacular",
    "guardian",
    "rest_framework",
    "hansa.domain.tenants",
    "hansa.domain.work",
    "hansa.domain.events",
    "hansa.domain.audit",
    "hansa.domain.webhooks",
    "hansa.domain.accounts",
    "hansa.domain.staff",
    "hansa.domain.catalog",
    "hansa.domain.pricing",
    "hansa.domain.fulfilment",
    "hansa.domain.payments",
    "hansa.domain.inventory",
    "hansa.domain.carts",
    "hansa.domain.orders",
    "hansa.domain.checkout",
    "hansa.domain.imports",
    "hansa.domain.exports",
    "hansa.domain.notifications",
    "hansa.domain.privacy",
    "hansa.providers.manual",
    "hansa.interfaces.backoffice",
    "hansa.interfaces.commands",
    "hansa.interfaces.identity",
    "hansa.interfaces.realtime",
    "hansa.interfaces.shop",
    "hansa.interfaces.storefront",
    "allauth",  # behind ours: its pages take our templates
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "hansa.interfaces.static_files.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hansa.interfaces.acting.StaffActs",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hansa.interfaces.overload.Overload",
]

ROOT_URLCONF = "hansa.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hansa.interfaces.shop.context.shop",
            ],
        },
    },
]

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # What only some may read: no address leads there.
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME / "private"}},
    "staticfiles": {"BACKEND": "hansa.interfaces.static_files.FingerprintStorage"},
}
STATIC_ROOT = environment.static_root
STATICFILES_DIRS = [PACKAGE / "config" / "demo" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
MEDIA_URL = "/media/"
MEDIA_ROOT = HOME / "media"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "hansa.domain.accounts.authentication.TenantBackend",
    "hansa.domain.staff.permissions.StaffBackend",
]
# Permissions on single objects: our walled table, no anonymous user, nothing added to Django's own models.
GUARDIAN_USER_OBJ_PERMS_MODEL = "staff.ObjectPermission"
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
ANONYMOUS_USER_NAME = None
SESSION_ENGINE = "hansa.domain.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "hansa.interfaces.shop.views.not_from_here"
# Browsers take a cookie of this name only from the very host, over HTTPS, for all its paths.
COOKIE_PREFIX = "__Host-" if environment.behind_tls_proxy else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
PASSWORD_HASHERS = ["hansa.domain.accounts.hashing.BoundedArgon2"]
PASSWORD_HASHES_AT_ONCE = environment.password_hashes_at_once
ACCOUNT_REQUESTS_AT_ONCE = environment.account_requests_at_once
ACCOUNT_BEAT_SECONDS = environment.account_beat_seconds
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "hansa.kernel.tenancy.cache_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SILENCED_SYSTEM_CHECKS = [
    "postgres.E005",  # we use only ArrayField; the app would ask every new connection about hstore
    "guardian.W001",  # its rows narrow what roles allow (staff/permissions.py); its backend would widen it
    "security.W021",  # HSTS preload: merchants bring domains of their own, and that consent is theirs to give
    "auth.W004",  # an e-mail is unique within its tenant, not in the whole installation
]

if environment.behind_tls_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
if environment.is_production:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]  # whoever looks after us asks from inside
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", "https:"],  # merchants' pictures stay where their URLs point
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

MAILERS = {"default": environment.mailer}
DEFAULT_FROM_EMAIL = environment.email_from or f"shop@{BASE_DOMAIN}"
SHOP_ADDRESS = environment.shop_address

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "hansa.interfaces.management.authentication.ApiKeyAuthentication",
        "hansa.interfaces.management.authentication.StaffSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["hansa.interfaces.management.permissions.Capable"],
    "DEFAULT_FILTER_BACKENDS": [
        "hansa.interfaces.management.filters.Filters",
        "hansa.interfaces.management.filters.Search",
    ],
    "DEFAULT_PAGINATION_CLASS": "hansa.interfaces.management.pages.KeysetPages",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "hansa.interfaces.management.schema.Described",
    "EXCEPTION_HANDLER": "hansa.interfaces.management.errors.answer_problem",
    "UNAUTHENTICATED_USER": None,
    "COERCE_BIGINT_TO_STRING": False,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Hansa management API",
    "VERSION": "1",
    "DESCRIPTION": (
        "What staff and integrations do with a shop. The shop is the host's: `http://<tenant>.localhost:8000`. Money is"
        " an integer in minor units with its currency; errors are RFC 9457 problem documents with a stable `code`;"
        " lists are cursor pages; `ETag` and `If-Match` guard writes against changes in between."
    ),
    "SCHEMA_PATH_PREFIX": "/manage/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "hansa.interfaces.management.schema.add_problem",
    ],
    "ENUM_NAME_OVERRIDES": {
        "CapabilityEnum": "hansa.interfaces.management.serializers.staff.CAPABILITY_CHOICES",
        "OrderStatusEnum": "hansa.domain.orders.models.Status.choices",
        "EventStatusEnum": "hansa.interfaces.management.serializers.events.EVENT_STATUSES",
        "DeliveryStatusEnum": "hansa.interfaces.management.serializers.webhooks.DELIVERY_STATUSES",
        "ImportStatusEnum": "hansa.domain.imports.models.ImportStatus.choices",
        "ImportFormatEnum": "hansa.interfaces.management.serializers.imports.FORMAT_CHOICES",
        "ExportFormatEnum": "hansa.domain.exports.models.FileFormat.choices",
    },
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a page of variants has hundreds of fields
PAYMENT_PROVIDERS = environment.payment_providers
PAYMENT_TIMEOUT_SECONDS = environment.payment_timeout_seconds
REDIS_URL = environment.redis_url
RATES = environment.rates
TRUSTED_PROXIES = environment.trusted_proxies
MAX_OPEN_ORDERS_PER_EMAIL = environment.max_open_orders_per_email
MAX_OPEN_ORDERS_PER_ADDRESS = environment.max_open_orders_per_address
MAX_KEPT_PAGES_BYTES = 0 if DEBUG else environment.max_kept_pages_bytes  # whoever changes templates wants to see it
MAX_IMPORT_BYTES = environment.max_import_bytes
MAX_CONCURRENT_REQUESTS = environment.max_concurrent_requests
MAX_CONCURRENT_REQUESTS_PER_TENANT = environment.max_concurrent_requests_per_tenant
MAX_SOCKETS = environment.max_sockets
MAX_SOCKETS_PER_TENANT = environment.max_sockets_per_tenant
MAX_SOCKETS_PER_ADDRESS = environment.max_sockets_per_address
STATEMENT_TIMEOUT_MILLISECONDS = round(environment.statement_timeout_seconds * 1000)
RESERVATION_SECONDS = environment.reservation_seconds
TAX_PROVIDER = environment.tax_provider
STRIPE_SECRET_KEY = environment.stripe_secret_key
STRIPE_PUBLISHABLE_KEY = environment.stripe_publishable_key
STRIPE_WEBHOOK_SECRETS = environment.stripe_webhook_secret
STRIPE_API_BASE = environment.stripe_api_base
SLOW_REQUEST_SECONDS = environment.slow_request_seconds
FETCH_PICTURES = environment.fetch_pictures
OUTBOUND_ALLOW = environment.outbound_allow
OUTBOUND_PROXY = environment.outbound_proxy
UNVERIFIED_ACCOUNT_DAYS = environment.unverified_account_days
EVENT_RETENTION_DAYS = environment.event_retention_days
LOGGING_CONFIG = None
configure_logging(environment.log_format, secrets=secrets_of(environment))

__all__ = ["SCHEDULE", "UNFOLD"]
