"""What the shop writes to people about their accounts."""

from hansa.domain.accounts.selectors import find_customer
from hansa.domain.notifications.account_texts import PATHS
from hansa.domain.notifications.compose import LetterFacts, compose
from hansa.domain.notifications.models import Notification
from hansa.domain.notifications.selectors import choose_language, get_texts
from hansa.domain.notifications.types import Letter
from hansa.domain.tenants.selectors import get_shop_address
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import reading


def account_letter(notification: Notification) -> Letter:
    """Write the letter that the notification's content names, with the code that is in it.

    It is in the language of the customer who has the address; without one, in that which the request asked for.
    """
    content = notification.content or {}
    customer = find_customer(notification.recipient)
    language = choose_language(customer.language if customer else "", content.get("language", ""))
    facts = account_facts(content["name"], content.get("code", ""))
    return compose(get_texts(content["name"], language), facts, language)


def account_facts(name: str, code: str) -> LetterFacts:
    """Return what the letter `name` is about."""
    with reading():
        address = get_shop_address()
    link = f"{address}{PATHS[name]}" if name in PATHS else ""
    return LetterFacts({"shop": get_current_tenant().name}, link, address, {"code": code})
