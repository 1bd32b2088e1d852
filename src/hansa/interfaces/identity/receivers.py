"""What we make of allauth's news."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from hansa.domain.accounts.services.welcome import welcome
from hansa.kernel import clock


@receiver(email_confirmed, dispatch_uid="hansa.identity.welcome")
def welcome_whoever_proved_the_address(email_address: EmailAddress, **_: Any) -> None:  # noqa: ANN401  (signals)
    """Let the person be the customer with this address: from here on they know its orders."""
    welcome(user_id=email_address.user_id, email=email_address.email, now=clock.now())
