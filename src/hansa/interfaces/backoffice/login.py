"""The login form of the back office: a password can be tried only so often."""

from typing import Any, ClassVar

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from unfold.forms import AuthenticationForm

from hansa.domain.accounts.login_attempts import TooManyLogins, attempt_succeeded
from hansa.domain.accounts.models import User
from hansa.interfaces.devices import begin_attempt_of


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # unfold has no types
    """Unfold's form, with every try counted before the password is looked at."""

    error_messages: ClassVar[dict[str, str]] = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Nobody who works here has this e-mail address and this password. Try again.",
    }

    refusal: TooManyLogins | None = None
    """Set when it was tried too often."""
    awaits_second_factor: User | None = None
    """Set when the password was right and a second factor is asked for next."""

    def clean(self) -> dict[str, Any]:
        """Check e-mail and password. Raises ValidationError."""
        try:
            attempt = begin_attempt_of(self.request, self.cleaned_data.get("username") or "")
        except TooManyLogins as refusal:
            self.refusal = refusal
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        try:
            cleaned: dict[str, Any] = super().clean()
        finally:
            if self.awaits_second_factor or self.get_user():
                attempt_succeeded(attempt)
        return cleaned

    def confirm_login_allowed(self, user: User) -> None:
        """Let staff in; whoever has set up a second factor shows it first. Raises ValidationError."""
        super().confirm_login_allowed(user)
        if is_mfa_enabled(user):
            self.awaits_second_factor = user
            message = "Your second factor is asked for next."
            raise ValidationError(message, code="second_factor")


def ask_for_second_factor(request: HttpRequest, user: User, *, then: str) -> HttpResponse:
    """Go on as the shop's own login does: allauth asks for the code or the passkey, and then leads to `then`."""
    email = user.email
    login = Login(user=user, email=email, redirect_url=then)
    response: HttpResponse = perform_login(request, login)
    return response
