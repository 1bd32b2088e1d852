"""What can be allowed: the one table of capabilities, and the roles that every shop starts with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

CAPABILITIES: Mapping[str, str] = MappingProxyType(
    {
        "catalog.view": "See products, categories and attributes",
        "catalog.edit": "Change products, categories and attributes",
        "stock.view": "See stock and its ledger",
        "stock.edit": "Count, receive, move and write off stock",
        "prices.view": "See price lists and promotions",
        "prices.edit": "Change price lists and promotions",
        "orders.view": "See orders and the e-mails about them",
        "orders.edit": "Capture payments, send e-mails again",
        "orders.refund": "Cancel orders and give money back",
        "customers.view": "See customers and their groups",
        "customers.edit": "Change customers and their groups",
        "gift_cards.view": "See gift cards",
        "gift_cards.edit": "Issue and block gift cards",
        "imports.view": "See imports and their errors",
        "imports.run": "Import files",
        "exports.view": "See exports, and download those of what one may see",
        "exports.run": "Export what one may see",
        "settings.view": "See taxes, markets, shipping and warehouses",
        "settings.edit": "Change taxes, markets, shipping and warehouses",
        "staff.view": "See staff and roles",
        "staff.edit": "Invite and suspend staff, change roles",
        "api_keys.view": "See API keys, but never their secrets",
        "api_keys.edit": "Make, rotate and revoke API keys",
        "audit.view": "Read the audit log",
        "webhooks.view": "See webhooks and what was sent to them",
        "webhooks.edit": "Make, change, test and delete webhooks, send events again",
        "events.view": "Read the log of events",
        "events.edit": "Let events that have failed be handled again",
    }
)
"""Each capability and what it lets somebody do. What is not in here cannot be allowed."""

ALL_CAPABILITIES = frozenset(CAPABILITIES)

_INTEGRATIONS = frozenset({"webhooks.view", "webhooks.edit", "events.view", "events.edit"})

SHOP_WIDE = _INTEGRATIONS | {
    *("settings.edit", "staff.edit", "api_keys.edit", "imports.run", "exports.view", "exports.run"),
}
"""What nobody can do in a part of the shop only: people who are limited to some objects do not have it."""

INVITATION_DAYS = 7

OWNER = "owner"
"""The code of the role that may do everything; it cannot be changed or deleted."""

_VIEWS = frozenset(one for one in CAPABILITIES if one.endswith(".view"))
_PEOPLE = frozenset({"staff.view", "staff.edit", "api_keys.view", "api_keys.edit", "audit.view"})


@dataclass(frozen=True, slots=True)
class Preset:
    """A role that every shop starts with; the merchant may change it."""

    code: str
    name: str
    capabilities: frozenset[str]


PRESETS: tuple[Preset, ...] = (
    Preset(OWNER, "Owner", ALL_CAPABILITIES),
    Preset("manager", "Manager", ALL_CAPABILITIES - _PEOPLE | {"staff.view", "audit.view"}),
    Preset(
        "clerk",
        "Clerk",
        frozenset(
            {"catalog.view", "stock.view", "stock.edit", "orders.view", "orders.edit", "customers.view", "prices.view"}
        ),
    ),
    Preset("read-only", "Read-only", _VIEWS - _PEOPLE - _INTEGRATIONS),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The objects that a person is limited to; None is no limit."""

    warehouses: frozenset[UUID] | None = None
    categories: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """What somebody may do now: a person, or an API key in its maker's name."""

    user_id: UUID
    capabilities: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    api_key_id: UUID | None = None

    def may(self, capability: str) -> bool:
        """Tell whether the capability was given. One that nobody declared is never given."""
        return capability in CAPABILITIES and capability in self.capabilities

    @property
    def is_limited(self) -> bool:
        """Tell whether there are objects of which this person sees only some."""
        return self.limits != Limits()


SYSTEM = Authority(user_id=UUID(int=0), capabilities=ALL_CAPABILITIES)
"""Whoever has a shell on the machine: operators' commands act with it."""
