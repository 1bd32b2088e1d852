"""What letters say when the merchant has not written it otherwise, and the words between, in each language."""

from collections.abc import Mapping

from hansa.domain.notifications.account_texts import ACCOUNT_TEXTS
from hansa.domain.notifications.account_texts import LABELS as ACCOUNT_LABELS
from hansa.domain.notifications.types import Texts
from hansa.kernel.languages import Language

PARTS = ("subject", "heading", "intro", "button", "closing")

PLACEHOLDERS: Mapping[str, Mapping[str, str]] = {
    "order_confirmation": {"shop": "Shop", "number": "1042", "name": "Ada", "total": "€45.40"},
    "order_shipped": {"shop": "Shop", "number": "1042", "name": "Ada", "carrier": "DHL", "tracking": "00340434161094"},
    "refund": {"shop": "Shop", "number": "1042", "name": "Ada", "amount": "€20.00"},
    "staff_invitation": {"shop": "Shop", "by": "grace@example.com", "days": "7"},
    "import_done": {"shop": "Shop", "file": "products.csv", "created": "120", "updated": "35", "failed": "2"},
    **{name: {"shop": "Shop"} for name in ACCOUNT_LABELS},
}
"""What may stand in braces in the texts of each kind, with a sample of it."""

BUILT_IN: Mapping[tuple[str, Language], Texts] = {
    ("order_confirmation", Language.ENGLISH): Texts(
        "Your order {number} at {shop}",
        "Thank you, {name}!",
        "We have received your payment for order {number} and are getting everything ready.",
        "See your order",
        "The link leads to your own page of this order; whoever has it can see it.",
    ),
    ("order_confirmation", Language.GERMAN): Texts(
        "Ihre Bestellung {number} bei {shop}",
        "Vielen Dank, {name}!",
        "Wir haben Ihre Zahlung für die Bestellung {number} erhalten und machen alles bereit.",
        "Bestellung ansehen",
        "Der Link führt zu Ihrer eigenen Seite dieser Bestellung; wer ihn hat, kann sie sehen.",
    ),
    ("order_shipped", Language.ENGLISH): Texts(
        "Your order {number} is on its way",
        "It is on its way, {name}",
        "We have sent order {number}.",
        "See your order",
        "On its page you see what has been sent, and where to.",
    ),
    ("order_shipped", Language.GERMAN): Texts(
        "Ihre Bestellung {number} ist unterwegs",
        "Unterwegs zu Ihnen, {name}",
        "Wir haben die Bestellung {number} verschickt.",
        "Bestellung ansehen",
        "Auf ihrer Seite sehen Sie, was wohin unterwegs ist.",
    ),
    ("refund", Language.ENGLISH): Texts(
        "Your refund for order {number}",
        "Your money is on its way back, {name}",
        "We have refunded {amount} for order {number}, the way that it was paid. Banks may take a few days.",
        "See your order",
        "",
    ),
    ("refund", Language.GERMAN): Texts(
        "Ihre Erstattung zur Bestellung {number}",
        "Ihr Geld ist auf dem Rückweg, {name}",
        "Wir haben {amount} zur Bestellung {number} erstattet, auf dem Weg der Zahlung. Banken brauchen oft einige"
        " Tage.",
        "Bestellung ansehen",
        "",
    ),
    ("staff_invitation", Language.ENGLISH): Texts(
        "You are invited to work at {shop}",
        "You are invited",
        "{by} invites you to work in the back office of {shop}.",
        "Accept the invitation",
        "The link works once, for {days} days. If you do not know what this is about, do nothing: without a click"
        " nothing happens.",
    ),
    ("staff_invitation", Language.GERMAN): Texts(
        "Einladung zur Mitarbeit bei {shop}",
        "Sie sind eingeladen",
        "{by} lädt Sie ein, in der Verwaltung von {shop} mitzuarbeiten.",
        "Einladung annehmen",
        "Der Link gilt einmal, {days} Tage lang. Wenn Sie nicht wissen, worum es geht, tun Sie nichts: Ohne Klick"
        " geschieht nichts.",
    ),
    ("import_done", Language.ENGLISH): Texts(
        "Your import of {file} is done",
        "Your import is done",
        "{file}: {created} products are new, {updated} have changed, {failed} rows could not be imported.",
        "See the import",
        "",
    ),
    ("import_done", Language.GERMAN): Texts(
        "Ihr Import von {file} ist fertig",
        "Ihr Import ist fertig",
        "{file}: {created} Produkte sind neu, {updated} geändert, {failed} Zeilen konnten nicht importiert werden.",
        "Import ansehen",
        "",
    ),
    **ACCOUNT_TEXTS,
}

LABELS: Mapping[Language, Mapping[str, str]] = {
    Language.ENGLISH: {
        "language": "en",
        "order": "Order",
        "subtotal": "Subtotal",
        "discount": "Discount",
        "shipping": "Shipping",
        "free": "free",
        "tax": "Tax",
        "total": "Total",
        "including": "including {tax} tax",
        "each": "{price} each",
        "address": "Delivery address",
        "both_addresses": "Delivery and billing address",
        "billing": "Billing address",
        "fetch": "Fetch it at",
        "by": "by {method}",
        "tracking": "Tracking number",
        "code_lasts": "It works for a quarter of an hour.",
    },
    Language.GERMAN: {
        "language": "de",
        "order": "Bestellung",
        "subtotal": "Zwischensumme",
        "discount": "Rabatt",
        "shipping": "Versand",
        "free": "kostenlos",
        "tax": "Steuer",
        "total": "Gesamt",
        "including": "darin {tax} Steuer",
        "each": "je {price}",
        "address": "Lieferadresse",
        "both_addresses": "Liefer- und Rechnungsadresse",
        "billing": "Rechnungsadresse",
        "fetch": "Abholung bei",
        "by": "mit {method}",
        "tracking": "Sendungsnummer",
        "code_lasts": "Er gilt eine Viertelstunde lang.",
    },
}
