"""How allauth does things here: whom it lets in, what it writes to people, how it counts attempts."""

import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.base.response import ConflictResponse
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from hansa.domain.accounts.errors import AddressTaken
from hansa.domain.accounts.login_attempts import TooManyLogins, attempt_succeeded
from hansa.domain.accounts.models import User
from hansa.domain.accounts.services.release_address import release_address
from hansa.domain.accounts.services.welcome import welcome
from hansa.domain.notifications.services.post_letter import post_letter
from hansa.interfaces.devices import begin_attempt_of, forget_attempts_of, keep_device
from hansa.interfaces.languages import language_of
from hansa.kernel import clock
from hansa.kernel.transactions import transaction

PASSWORD_IS_THEIRS = "hansa_password_is_theirs"  # noqa: S105  (an attribute's name)
"""Set on a request in which whoever proves the address has also chosen the password."""
_TOO_MANY = "too_many_login_attempts"
"""What allauth calls it."""
UNKNOWN_ADDRESS = "0.0.0.0"  # noqa: S104  (an address that nobody has)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts of the tenant that is entered."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address of whoever asks, as the gate has found it behind our proxies."""
        try:
            return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
        except ValueError:
            return UNKNOWN_ADDRESS

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401  (allauth's signature)
        """Count the try where the back office counts its own. Raises allauth's `too_many_login_attempts`."""
        try:
            self._attempt = begin_attempt_of(request, str(credentials.get("email", "")))
        except TooManyLogins as refusal:
            raise self.validation_error(_TOO_MANY) from refusal

    def _rollback_login_failed_rl_usage(self) -> None:
        attempt_succeeded(self._attempt)

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401
        forget_attempts_of(request, str(credentials.get("email", "")))

    def clean_email(self, email: str) -> str:
        """Take what the database takes: small letters."""
        if "\x00" in email:
            message = "Enter an e-mail address such as ada@example.com."
            raise ValidationError(message)
        return email.lower()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter into the transaction; the worker sends it. Known or not, it takes as long."""
        post_letter(
            recipient=email,
            name=template_prefix.rpartition("/")[2],
            code=str(context.get("code") or ""),
            language=language_of(self.request.headers) if self.request else "",
            now=clock.now(),
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Write to the account's address; allauth asks for it also when the view's transaction is over."""
        with transaction():
            super().send_notification_mail(template_prefix, user, context=context, email=email)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell whoever signs up a second time; hash as the first time, so that nobody can tell by the clock."""
        make_password("as much work as a password")
        super().send_account_already_exists_mail(email)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Note that the address is theirs, and take it from whoever claimed it and never proved it."""
        try:
            release_address(email=email_address.email, user_id=email_address.user_id)
        except AddressTaken as taken:
            if is_headless_request(request):
                raise ImmediateHttpResponse(ConflictResponse(request)) from taken
            return False
        setattr(request, PASSWORD_IS_THEIRS, True)  # the code was asked for by the session that signed up
        return bool(super().confirm_email(request, email_address))

    def set_password(self, user: User, password: str) -> None:
        """Set it, and remember that whoever is here has chosen it."""
        super().set_password(user, password)
        setattr(self.request, PASSWORD_IS_THEIRS, True)

    def post_login(self, request: HttpRequest, user: User, **given: Any) -> HttpResponse:  # noqa: ANN401  (allauth's signature)
        """Let the person be a customer, and the browser be known."""
        proved = EmailAddress.objects.get_verified(user)
        if proved:
            language = language_of(request.headers)
            welcome(user_id=user.pk, email=proved.email, now=clock.now(), language=language)
        response: HttpResponse = super().post_login(request, user, **given)
        keep_device(request, response, user.email)
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  (allauth's signature)
        """Go back to the account's page."""
        return str(settings.LOGIN_REDIRECT_URL)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG002  (allauth's)
        """Say no more than to somebody who is not known."""
        return HttpResponseRedirect("/account/login/")
