"""What we make of allauth's news."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.http import HttpRequest

from hansa.domain.accounts.services.forget_password import forget_password
from hansa.domain.accounts.services.welcome import welcome
from hansa.interfaces.identity.adapter import PASSWORD_IS_THEIRS
from hansa.interfaces.languages import language_of
from hansa.kernel import clock


@receiver(email_confirmed, dispatch_uid="hansa.identity.welcome")
def welcome_whoever_proved_the_address(request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:  # noqa: ANN401  (signals)
    """Let the person be the customer with this address: from here on they know its orders.

    Somebody else may have signed up with the address and a password of theirs, and waited. So an account
    that is proved for the first time by other means than its own sign-up's code loses its password.
    """
    user = email_address.user
    if user.last_login is None and not getattr(request, PASSWORD_IS_THEIRS, False):
        forget_password(user=user)
    language = language_of(request.headers)
    welcome(user_id=user.pk, email=email_address.email, now=clock.now(), language=language)
