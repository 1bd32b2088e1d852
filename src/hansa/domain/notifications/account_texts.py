"""What letters about accounts say when the merchant has not written it otherwise, in each language."""

from collections.abc import Mapping

from hansa.domain.notifications.types import Texts
from hansa.kernel.languages import Language

LABELS: Mapping[str, str] = {
    "email_confirmation_signup": "Account: code to sign up",
    "email_confirmation": "Account: code for an e-mail address",
    "login_code": "Account: code to log in",
    "password_reset_code": "Account: code for a new password",
    "account_already_exists": "Account: there is one already",
    "unknown_account": "Account: there is none",
    "password_changed": "Account: password changed",
    "password_reset": "Account: new password",
    "password_set": "Account: first password",
    "email_changed": "Account: e-mail address changed",
    "email_confirm": "Account: e-mail address confirmed",
    "email_deleted": "Account: e-mail address removed",
    "totp_activated": "Account: authenticator app set up",
    "totp_deactivated": "Account: authenticator app removed",
    "recovery_codes_generated": "Account: new recovery codes",
    "webauthn_added": "Account: passkey added",
    "webauthn_removed": "Account: passkey removed",
    "account_connected": "Account: login connected",
    "account_disconnected": "Account: login removed",
}
"""The letters, by the names that allauth has for them."""

PATHS: Mapping[str, str] = {"account_already_exists": "/account/login/", "unknown_account": "/account/signup/"}
"""Where the button of a letter leads; the others have none."""

WITH_CODE = frozenset({"email_confirmation_signup", "email_confirmation", "login_code", "password_reset_code"})


def _texts(subject: str, intro: str, closing: str, button: str = "") -> Texts:
    return Texts(subject=subject, heading="", intro=intro, button=button, closing=closing)


_NOT_YOU = "If that was not you, you need not do anything."
_ACT = "If that was not you, set a new password at once, and look at your sessions."
_NICHT_SIE = "Wenn Sie das nicht waren, brauchen Sie nichts zu tun."
_HANDELN = "Wenn Sie das nicht waren, setzen Sie sofort ein neues Passwort und sehen Sie nach, wo Sie angemeldet sind."

_ENGLISH: Mapping[str, Texts] = {
    "email_confirmation_signup": _texts(
        "Your code for {shop}", "Welcome to {shop}. Type this code to prove that the address is yours:", _NOT_YOU
    ),
    "email_confirmation": _texts(
        "Your code for {shop}", "Type this code to prove that the address is yours:", _NOT_YOU
    ),
    "login_code": _texts("Your code for {shop}", "Type this code to log in:", _NOT_YOU),
    "password_reset_code": _texts("Your code for {shop}", "Type this code to set a new password:", _NOT_YOU),
    "account_already_exists": _texts(
        "Your account at {shop}",
        "Somebody signed up at {shop} with this address, but it has an account already. Log in to it, with a code"
        " when you have forgotten the password.",
        _NOT_YOU,
        "Log in",
    ),
    "unknown_account": _texts(
        "You have no account at {shop}",
        "Somebody wanted to log in at {shop} with this address, but it has no account here.",
        _NOT_YOU,
        "Sign up",
    ),
    "password_changed": _texts(
        "Your password has changed", "The password of your account at {shop} was changed.", _ACT
    ),
    "password_reset": _texts("Your password has changed", "Your account at {shop} has a new password.", _ACT),
    "password_set": _texts("Your account has a password", "Your account at {shop} has a password now.", _ACT),
    "email_changed": _texts("Your e-mail address has changed", "Your account at {shop} has another address now.", _ACT),
    "email_confirm": _texts("Your e-mail address is confirmed", "Your address at {shop} is confirmed.", _ACT),
    "email_deleted": _texts("An e-mail address was removed", "An address of your account at {shop} was removed.", _ACT),
    "totp_activated": _texts("An authenticator app was set up", "Your account at {shop} asks for its codes now.", _ACT),
    "totp_deactivated": _texts("The authenticator app was removed", "{shop} asks for its codes no longer.", _ACT),
    "recovery_codes_generated": _texts("New recovery codes", "Your account at {shop} has new recovery codes.", _ACT),
    "webauthn_added": _texts("A passkey was added", "Your account at {shop} can be opened with a new passkey.", _ACT),
    "webauthn_removed": _texts("A passkey was removed", "A passkey of your account at {shop} was removed.", _ACT),
    "account_connected": _texts("A login was connected", "Your account at {shop} has another way to log in.", _ACT),
    "account_disconnected": _texts("A login was removed", "Your account at {shop} has one way less to log in.", _ACT),
}

_GERMAN: Mapping[str, Texts] = {
    "email_confirmation_signup": _texts(
        "Ihr Code für {shop}",
        "Willkommen bei {shop}. Mit diesem Code zeigen Sie, dass die Adresse Ihre ist:",
        _NICHT_SIE,
    ),
    "email_confirmation": _texts(
        "Ihr Code für {shop}", "Mit diesem Code zeigen Sie, dass die Adresse Ihre ist:", _NICHT_SIE
    ),
    "login_code": _texts("Ihr Code für {shop}", "Mit diesem Code melden Sie sich an:", _NICHT_SIE),
    "password_reset_code": _texts("Ihr Code für {shop}", "Mit diesem Code setzen Sie ein neues Passwort:", _NICHT_SIE),
    "account_already_exists": _texts(
        "Ihr Konto bei {shop}",
        "Jemand wollte sich bei {shop} mit dieser Adresse registrieren, aber sie hat schon ein Konto. Melden Sie sich"
        " damit an, mit einem Code, wenn Sie das Passwort vergessen haben.",
        _NICHT_SIE,
        "Anmelden",
    ),
    "unknown_account": _texts(
        "Sie haben kein Konto bei {shop}",
        "Jemand wollte sich bei {shop} mit dieser Adresse anmelden, aber sie hat hier kein Konto.",
        _NICHT_SIE,
        "Registrieren",
    ),
    "password_changed": _texts(
        "Ihr Passwort wurde geändert", "Das Passwort Ihres Kontos bei {shop} wurde geändert.", _HANDELN
    ),
    "password_reset": _texts("Ihr Passwort wurde geändert", "Ihr Konto bei {shop} hat ein neues Passwort.", _HANDELN),
    "password_set": _texts("Ihr Konto hat ein Passwort", "Ihr Konto bei {shop} hat jetzt ein Passwort.", _HANDELN),
    "email_changed": _texts(
        "Ihre E-Mail-Adresse wurde geändert", "Ihr Konto bei {shop} hat jetzt eine andere Adresse.", _HANDELN
    ),
    "email_confirm": _texts("Ihre E-Mail-Adresse ist bestätigt", "Ihre Adresse bei {shop} ist bestätigt.", _HANDELN),
    "email_deleted": _texts(
        "Eine E-Mail-Adresse wurde entfernt", "Eine Adresse Ihres Kontos bei {shop} wurde entfernt.", _HANDELN
    ),
    "totp_activated": _texts(
        "Eine Authenticator-App wurde eingerichtet", "Ihr Konto bei {shop} fragt jetzt nach ihren Codes.", _HANDELN
    ),
    "totp_deactivated": _texts(
        "Die Authenticator-App wurde entfernt", "{shop} fragt nicht mehr nach ihren Codes.", _HANDELN
    ),
    "recovery_codes_generated": _texts(
        "Neue Wiederherstellungscodes", "Ihr Konto bei {shop} hat neue Wiederherstellungscodes.", _HANDELN
    ),
    "webauthn_added": _texts(
        "Ein Passkey wurde hinzugefügt", "Ihr Konto bei {shop} lässt sich mit einem neuen Passkey öffnen.", _HANDELN
    ),
    "webauthn_removed": _texts(
        "Ein Passkey wurde entfernt", "Ein Passkey Ihres Kontos bei {shop} wurde entfernt.", _HANDELN
    ),
    "account_connected": _texts(
        "Eine Anmeldung wurde verbunden", "In Ihr Konto bei {shop} führt jetzt ein weiterer Weg.", _HANDELN
    ),
    "account_disconnected": _texts(
        "Eine Anmeldung wurde entfernt", "In Ihr Konto bei {shop} führt jetzt ein Weg weniger.", _HANDELN
    ),
}

ACCOUNT_TEXTS: Mapping[tuple[str, Language], Texts] = {
    (name, language): texts
    for language, every in ((Language.ENGLISH, _ENGLISH), (Language.GERMAN, _GERMAN))
    for name, texts in every.items()
}
