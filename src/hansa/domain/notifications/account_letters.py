"""What the shop writes to people about their accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from hansa.domain.notifications.types import Letter
from hansa.domain.tenants.selectors import get_shop_address
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import transaction

_NOT_YOU = "If that was not you, you need not do anything."
_ACT = "If that was not you, set a new password at once, and look at your sessions."


@dataclass(frozen=True, slots=True)
class Text:
    """What a letter says; `{shop}` is the shop's name."""

    subject: str
    says: str
    ends: str
    button: str = ""
    path: str = ""


TEXTS: Mapping[str, Text] = {
    "email_confirmation_signup": Text(
        "Your code for {shop}", "Welcome to {shop}. Type this code to prove that the address is yours:", _NOT_YOU
    ),
    "email_confirmation": Text("Your code for {shop}", "Type this code to prove that the address is yours:", _NOT_YOU),
    "login_code": Text("Your code for {shop}", "Type this code to log in:", _NOT_YOU),
    "password_reset_code": Text("Your code for {shop}", "Type this code to set a new password:", _NOT_YOU),
    "account_already_exists": Text(
        "Your account at {shop}",
        "Somebody signed up at {shop} with this address, but it has an account already. Log in to it, with a code"
        " when you have forgotten the password.",
        _NOT_YOU,
        "Log in",
        "/account/login/",
    ),
    "unknown_account": Text(
        "You have no account at {shop}",
        "Somebody wanted to log in at {shop} with this address, but it has no account here.",
        _NOT_YOU,
        "Sign up",
        "/account/signup/",
    ),
    "password_changed": Text("Your password has changed", "The password of your account at {shop} was changed.", _ACT),
    "password_reset": Text("Your password has changed", "Your account at {shop} has a new password.", _ACT),
    "password_set": Text("Your account has a password", "Your account at {shop} has a password now.", _ACT),
    "email_changed": Text("Your e-mail address has changed", "Your account at {shop} has another address now.", _ACT),
    "email_confirm": Text("Your e-mail address is confirmed", "Your address at {shop} is confirmed.", _ACT),
    "email_deleted": Text("An e-mail address was removed", "An address of your account at {shop} was removed.", _ACT),
    "totp_activated": Text("An authenticator app was set up", "Your account at {shop} asks for its codes now.", _ACT),
    "totp_deactivated": Text("The authenticator app was removed", "{shop} asks for its codes no longer.", _ACT),
    "recovery_codes_generated": Text("New recovery codes", "Your account at {shop} has new recovery codes.", _ACT),
    "webauthn_added": Text("A passkey was added", "Your account at {shop} can be opened with a new passkey.", _ACT),
    "webauthn_removed": Text("A passkey was removed", "A passkey of your account at {shop} was removed.", _ACT),
    "account_connected": Text("A login was connected", "Your account at {shop} has another way to log in.", _ACT),
    "account_disconnected": Text("A login was removed", "Your account at {shop} has one way less to log in.", _ACT),
}


def account_letter(content: Mapping[str, Any]) -> Letter:
    """Write the letter that `content` names, with the code that is in it."""
    text = TEXTS[content["name"]]
    shop = get_current_tenant().name
    with transaction():
        address = get_shop_address()
    context = {
        "shop": shop,
        "says": text.says.format(shop=shop),
        "ends": text.ends,
        "code": content.get("code", ""),
        "button": text.button,
        "link": f"{address}{text.path}" if text.path else "",
    }
    return Letter(
        subject=text.subject.format(shop=shop),
        text=render_to_string("notifications/account.txt", context),
        html=render_to_string("notifications/account.html", context),
    )
