"""The login form of the back office: a password can be tried only so often."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from hansa.domain.accounts.login_attempts import TooManyLogins, attempt_succeeded
from hansa.interfaces.devices import begin_attempt_of


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # unfold has no types
    """Unfold's form, with every try counted before the password is looked at."""

    refusal: TooManyLogins | None = None
    """Set when it was tried too often."""

    def clean(self) -> dict[str, Any]:
        """Check e-mail and password. Raises ValidationError."""
        try:
            attempt = begin_attempt_of(self.request, self.cleaned_data.get("username") or "")
        except TooManyLogins as refusal:
            self.refusal = refusal
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        cleaned: dict[str, Any] = super().clean()
        attempt_succeeded(attempt)
        return cleaned
