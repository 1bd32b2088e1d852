"""The settings of django-allauth: what people can do with their accounts, and what nobody can.

See docs/adr/0006-accounts.md for the reasons.
"""

from hansa.config.environment import get_environment

_MINUTES = 60
_environment = get_environment()

ACCOUNT_ADAPTER = "hansa.interfaces.identity.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * _MINUTES
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * _MINUTES
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * _MINUTES
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _environment.behind_tls_proxy else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/account/"
# Tries of passwords are counted where the back office counts its own (domain/accounts/login_attempts.py).
ACCOUNT_RATE_LIMITS = {"confirm_email": "6/m/key"}

ALLAUTH_DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

HEADLESS_CLIENTS = ("browser", "app")

MFA_ADAPTER = "hansa.interfaces.identity.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers take passkeys without HTTPS on *.localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _environment.behind_tls_proxy

SOCIALACCOUNT_ADAPTER = "hansa.interfaces.identity.providers.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "mandatory"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
# A form that leads to a provider would be stopped by our Content-Security-Policy: a link leads there.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

__all__ = [name for name in dir() if name.isupper()]
