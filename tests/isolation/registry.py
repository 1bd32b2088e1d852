"""Who may do what: the one table in which every operation stands. An operation that is missing here fails the suite.

To register yours, add one line:

* an endpoint or a page: `op("GET /api/v1/wishlists/{wishlist_id}", CUSTOMER)`. The key is what the failing test
  prints. `who` is a word of this module or a capability of `domain/staff/types.py`; `write=` when changing needs
  another one than looking.
* what a page of the back office has: `pages("catalog.brand", "catalog", do=("merge",), actions=("archive",))`
  stands for its list, its forms, its history, its operations and its actions.
* slots: a slot of the path is filled by its name (`SLOTS`: name → table). Bodies and queries hold `{table}` where
  an id goes: `body={"variant_id": "{catalog_variant}"}`. The crawler fills in the actor's own ids, then those of
  others, one at a time.

A method of `/manage/v1` is registered like an endpoint, `op("GET /manage/v1/products", "catalog.view")`; a handler,
a duty or a command, which no network reaches, with `WORKER` or `OPERATOR`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVERYBODY = "everybody"
CART = "the holder of the cart's token"
ORDER = "the holder of the order's token"
LINK = "whoever has the link, which holds a token"
PROVIDER = "a payment provider, by its signature"
CUSTOMER = "a customer who is logged in"
PERSON = "whoever is logged in, about themselves"
STAFF = "staff of whatever role"
NOBODY = "nobody"
WORKER = "the worker"
OPERATOR = "whoever has a shell on the machine"

SLOTS = {
    "cart_id": "carts_cart",
    "line_id": "carts_cartline",
    "order_id": "orders_order",
    "payment_id": "payments_payment",
    "invitation_id": "staff_invitation",
    "grant_id": "staff_supportgrant",
    "address_id": "accounts_customeraddress",
    "product_id": "catalog_product",
    "variant_id": "catalog_variant",
    "customer_id": "accounts_customer",
    "role_id": "staff_role",
    "key_id": "staff_apikey",
    "run_id": "imports_importrun",
    "webhook_id": "webhooks_endpoint",
}
"""The table of each slot that holds an id."""

WORDS = {
    "slug": "mug",
    "path": "kitchen",
    "token": "0" * 32,
    "provider": "manual",
    "url": "nowhere",
    "app_label": "catalog",
    "content_type_id": "1",
    "provider_id": "keycloak",
    "language": "en",
}
"""What stands in slots that hold no id: the same in every shop."""


@dataclass(frozen=True)
class Registered:
    """One line of the table."""

    key: str
    read: str
    write: str
    table: str = ""
    body: Mapping[str, Any] | None = None
    query: str = ""
    form: Mapping[str, str] | None = None
    slots: Mapping[str, str] = field(default_factory=dict)


REGISTRY: dict[str, Registered] = {}


def op(key: str, who: str, *, write: str = "", **more: Any) -> None:
    """Register one operation."""
    assert key not in REGISTRY, f"{key} is registered twice"
    REGISTRY[key] = Registered(key, who, write or who, **more)


def pages(
    model: str, area: str, *, edit: str = "edit", do: Mapping[str, str] | tuple[str, ...] = (), actions: Any = ()
) -> None:
    """Register all pages of a model in the back office: looking needs `<area>.view`, changing `<area>.<edit>`.

    `do` are its operations, with their capability where it is another one; `actions` are those of the list, with
    what their form sends where they have one.
    """
    may_see, may_edit = f"{area}.view", f"{area}.{edit}" if edit else NOBODY
    at, table = f"/admin/{model.replace('.', '/')}/", model.replace(".", "_")
    one = f"{at}<path:object_id>/"
    op(at, may_see, table=table)
    op(f"{at}add/", may_edit, table=table)
    op(one, STAFF, table=table)
    op(f"{one}change/", may_see, write=may_edit, table=table)
    op(f"{one}delete/", may_edit, table=table)
    op(f"{one}history/", may_see, table=table)
    for name in do:
        op(f"{one}do/{name}/", do[name] if isinstance(do, Mapping) else may_edit, table=table)
    for name, form in actions.items() if isinstance(actions, Mapping) else ((name, None) for name in actions):
        op(f"{at} !{name}", may_edit, table=table, form=form)


# --- the storefront's API
for _key in ("docs", "openapi.json", "v1/categories"):
    op(f"GET /api/{_key}", EVERYBODY)
op("GET /api/v1/products", EVERYBODY, query="q={word}&category=kitchen&attr.color=Blue&facets=true")
op("GET /api/v1/products/{slug}", EVERYBODY)
_ADDRESS = {"first_name": "Ada", "line1": "1 High Street", "city": "Berlin", "postal_code": "10115", "country": "DE"}
_CHOICES = {
    "email": "ada@example.com",
    "shipping_address": _ADDRESS,
    "shipping_method_id": "{fulfilment_shippingmethod}",
    "pickup_point_id": "{fulfilment_pickuppoint}",
    "promotion_codes": ["SAVE10"],
}
_LINE = {"variant_id": "{catalog_variant}", "quantity": 1}
op("POST /api/v1/carts", EVERYBODY, body=_CHOICES | {"lines": [_LINE]})
op("GET /api/v1/carts/{cart_id}", CART)
op("PATCH /api/v1/carts/{cart_id}", CART, body=_CHOICES)
op("POST /api/v1/carts/{cart_id}/lines", CART, body=_LINE)
op("PATCH /api/v1/carts/{cart_id}/lines/{line_id}", CART, body={"quantity": 2})
op("DELETE /api/v1/carts/{cart_id}/lines/{line_id}", CART)
op("GET /api/v1/carts/{cart_id}/shipping-methods", CART)
op(
    "POST /api/v1/carts/{cart_id}/checkout",
    CART,
    body={"payment": {"provider": "manual", "method": "declined"}, "cart_version": 1},
)
op("GET /api/v1/orders/{order_id}", ORDER)

_AT_ME = "/api/v1/me"
for _key in ("GET", "DELETE"):
    op(f"{_key} {_AT_ME}", CUSTOMER)
op(f"PATCH {_AT_ME}", CUSTOMER, body={"phone": "+49 30 1"})
op(f"POST {_AT_ME}/export", CUSTOMER)
op(f"GET {_AT_ME}/orders", CUSTOMER)
op(f"GET {_AT_ME}/addresses", CUSTOMER)
op(f"POST {_AT_ME}/addresses", CUSTOMER, body=_ADDRESS | {"last_name": "Byron"})
op(f"POST {_AT_ME}/cart", CUSTOMER, body={"id": "{carts_cart}", "token": "0" * 32})
op(f"GET {_AT_ME}/wishlist", CUSTOMER)
op(f"POST {_AT_ME}/wishlist", CUSTOMER, body={"product_id": "{catalog_product}"})
op(f"DELETE {_AT_ME}/wishlist/{{product_id}}", CUSTOMER)
for _key in ("GET", "PATCH", "DELETE"):
    op(f"{_key} {_AT_ME}/addresses/{{address_id}}", CUSTOMER, body={"phone": "1"})

# --- accounts: allauth's ceremonies, which decide themselves who somebody is, and pages about oneself
for _client in ("app", "browser"):
    for _key in (
        *("auth/2fa/authenticate", "auth/2fa/reauthenticate", "auth/code/confirm", "auth/code/request"),
        *("auth/code/resend", "auth/email/verify", "auth/email/verify/resend", "auth/login"),
        *("auth/password/request", "auth/password/reset", "auth/provider/redirect", "auth/provider/signup"),
        *("auth/provider/token", "auth/reauthenticate", "auth/session", "auth/signup", "auth/webauthn/authenticate"),
        *("auth/webauthn/login", "auth/webauthn/reauthenticate", "config"),
    ):
        op(f"/_allauth/{_client}/v1/{_key}", EVERYBODY, body={"email": "c1@example.com", "password": "wrong"})
    for _key in (
        *("account/authenticators", "account/authenticators/recovery-codes", "account/authenticators/totp"),
        *("account/authenticators/webauthn", "account/email", "account/password/change", "account/providers"),
        "auth/sessions",
    ):
        op(f"/_allauth/{_client}/v1/{_key}", PERSON, body={"email": "c2@example.com"})
op("/_allauth/app/v1/tokens/refresh", EVERYBODY, body={"refresh_token": "none"})
for _key in (
    *("confirm-email", "connections/login/cancelled", "connections/login/error", "connections/signup", "inactive"),
    *("login", "login/code", "login/code/confirm", "logout", "password/reset", "password/reset/complete"),
    *("password/reset/confirm", "password/reset/done", "signup", "sso/google/login", "sso/google/login/callback"),
    *("sso/google/login/token", "sso/oidc/^(?P<provider_id>[^/]+)/login", "two-factor/authenticate"),
    *("sso/oidc/^(?P<provider_id>[^/]+)/login/callback", "two-factor/webauthn/login"),
):
    op(f"/account/{_key}/", EVERYBODY)
for _key in (
    *("", "addresses/", "addresses/<uuid:address_id>/", "addresses/<uuid:address_id>/change/", "addresses/new/"),
    *("data/", "data/erase/", "data/export/", "orders/", "wishlist/", "wishlist/<uuid:product_id>/"),
):
    op(f"/account/{_key}", CUSTOMER)
for _key in (
    *("connections", "email", "password/change", "password/set", "reauthenticate", "sessions", "two-factor"),
    *("two-factor/reauthenticate", "two-factor/recovery-codes", "two-factor/recovery-codes/download"),
    *("two-factor/recovery-codes/generate", "two-factor/totp/activate", "two-factor/totp/deactivate"),
    *("two-factor/webauthn", "two-factor/webauthn/add", "two-factor/webauthn/reauthenticate"),
):
    op(f"/account/{_key}/", PERSON)
for _key in ("edit", "remove"):
    op(f"/account/two-factor/webauthn/keys/<int:pk>/{_key}/", PERSON, slots={"pk": "mfa_authenticator"})

# --- the management API
for _key in ("/manage/docs", "GET /manage/openapi.json"):
    op(_key, EVERYBODY)
_ROLE = {"name": "Packer", "capabilities": ["orders.view"]}


def resource(name: str, table: str, area: str, **writes: Mapping[str, Any] | None) -> None:
    """Register what the management API has of one kind of thing; `writes` are methods and actions, with their body."""
    at = f"/manage/v1/{name}"
    for key in (f"GET {at}", f"GET {at}/{{pk}}"):
        op(key, f"{area}.view", slots={"pk": table}, table=table, query="q=mug" if "{" not in key else "")
    for write, body in writes.items():
        place = {"POST": at}.get(write, f"{at}/{{pk}}" if write.isupper() else f"{at}/{{pk}}/{write}")
        method = write if write.isupper() else "POST"
        op(f"{method} {place}", f"{area}.edit", slots={"pk": table}, table=table, body=body)


_PERSON = {
    "role_ids": ["{staff_role}"],
    "warehouse_ids": ["{inventory_warehouse}"],
    "category_ids": ["{catalog_category}"],
}
resource("staff", "accounts_user", "staff", PATCH=_PERSON)
resource("roles", "staff_role", "staff", POST=_ROLE, PUT=_ROLE, DELETE=None)
resource(
    "invitations",
    "staff_invitation",
    "staff",
    POST={"email": "x@example.com", "role_ids": ["{staff_role}"]},
    DELETE=None,
)
resource(
    "api-keys",
    "staff_apikey",
    "api_keys",
    POST={"name": "Packing", "scopes": ["orders.view"]},
    rotate={"overlap_seconds": 0},
    revoke={},
)
resource("customers", "accounts_customer", "customers", PATCH={"group_id": "{accounts_customergroup}"})
resource("audit-log", "audit_auditentry", "audit")
resource("products", "catalog_product", "catalog")
resource("orders", "orders_order", "orders")
resource("events", "events_event", "events", retry=None)
resource(
    "webhooks",
    "webhooks_endpoint",
    "webhooks",
    POST={"url": "https://shop.example/hook", "filters": ["order.*"]},
    PATCH={"description": "ERP"},
    DELETE=None,
    rotate={"overlap_seconds": 0},
    test=None,
    replay={"after": 0},
)
_DELIVERIES = "/manage/v1/webhooks/{webhook_id}/deliveries"
for _key, _who in (
    (f"GET {_DELIVERIES}", "webhooks.view"),
    (f"GET {_DELIVERIES}/{{pk}}", "webhooks.view"),
    (f"POST {_DELIVERIES}/{{pk}}/replay", "webhooks.edit"),
):
    op(_key, _who, slots={"pk": "webhooks_delivery"}, table="webhooks_delivery")
for _key in ("GET /manage/v1/exports", "GET /manage/v1/exports/{pk}", "GET /manage/v1/exports/{pk}/file"):
    op(_key, "exports.view", slots={"pk": "exports_export"}, table="exports_export")
op("POST /manage/v1/exports", "exports.run", body={"kind": "orders"})
op(
    "POST /manage/v1/exports/{pk}/cancel",
    "exports.run",
    slots={"pk": "exports_export"},
    table="exports_export",
    body={},
)

for _key, _who in (
    ("GET /manage/v1/feeds", "settings.view"),
    ("GET /manage/v1/feeds/{pk}", "settings.view"),
    ("POST /manage/v1/feeds", "settings.edit"),
    ("POST /manage/v1/feeds/{pk}/off", "settings.edit"),
):
    op(_key, _who, slots={"pk": "exports_feed"}, table="exports_feed", body={"language": "en"})

# --- sockets
op("WEBSOCKET /ws/orders", "orders.view")
op("WEBSOCKET /ws/imports/{run_id}", "imports.view")
op("WEBSOCKET /ws/stock/{variant_id}", EVERYBODY)
resource("imports", "imports_importrun", "imports")
op("GET /manage/v1/imports/{pk}/errors", "imports.view", slots={"pk": "imports_importrun"}, table="imports_importrun")
op("POST /manage/v1/imports", "imports.run", table="imports_importrun", body={"format": "shopify"})
for _key in ("cancel", "pause", "resume", "start"):
    op(
        f"POST /manage/v1/imports/{{pk}}/{_key}",
        "imports.run",
        slots={"pk": "imports_importrun"},
        table="imports_importrun",
    )

# --- the reference shop
for _key in ("/", "/products/", "/favicon.ico", "/robots.txt", "/health/live", "/health/ready"):
    op(_key, EVERYBODY)
op("/c/<path:path>/", EVERYBODY)
op("/p/<slug:slug>/", EVERYBODY)
op("/search/", EVERYBODY, query="q={word}")
op("/cart", EVERYBODY)
op("/cart/add", EVERYBODY, body={"variant": "{catalog_variant}", "variant_id": "{catalog_variant}", "quantity": "1"})
op("/cart/lines/<uuid:line_id>", EVERYBODY, body={"quantity": "3"})
op("/cart/promotions", EVERYBODY, body={"code": "SAVE10"})
op("/cart/gift-cards", EVERYBODY, body={"code": "AAAA-BBBB-CCCC-DDDD"})
op("/checkout", EVERYBODY, body={"shipping_method_id": "{fulfilment_shippingmethod}"})
op("/checkout/return", EVERYBODY)
op("/checkout/confirm/<uuid:payment_id>", LINK)
op("/orders/<uuid:order_id>", ORDER)
op("/orders/<uuid:order_id>/again", ORDER)
op("/feeds/google/<slug:language>.xml", EVERYBODY)
op("/media/<str:tenant_id>/<path:path>", EVERYBODY)
op("/callbacks/<slug:provider>", PROVIDER, body={"id": "evt_1", "payment_id": "{payments_payment}"})

# --- the back office
for _key in ("login/", "logout/"):
    op(f"/admin/{_key}", EVERYBODY)
for _key in ("", "jsi18n/", "password_change/", "password_change/done/", "search/", "autocomplete/", "(?P<url>.*)$"):
    op(
        f"/admin/{_key}",
        STAFF,
        query={"search/": "s={word}", "autocomplete/": "term={word}&app_label=catalog"}.get(_key, ""),
    )
op("/admin/r/<path:content_type_id>/<path:object_id>/", STAFF, table="catalog_product")
op("/admin/invitation/<uuid:invitation_id>/<str:token>/", LINK)
op("/admin/support/<uuid:grant_id>/<str:token>/", LINK)
pages("accounts.customer", "customers")
pages("accounts.customergroup", "customers")
pages("accounts.user", "staff", do=("categories", "restore", "roles", "suspend", "warehouses"))
pages("audit.auditentry", "audit", edit="")
pages("catalog.attribute", "catalog")
pages("catalog.category", "catalog", actions=("archive", "restore"))
pages("catalog.picture", "catalog", do=("retry",))
pages(
    "catalog.product",
    "catalog",
    actions={
        **dict.fromkeys(("archive", "publish", "restore", "unpublish")),
        "move_to_category": {"category": "{catalog_category}"},
    },
)
pages("catalog.variant", "catalog")
pages("exports.export", "exports", edit="run", do=("cancel",))
op(
    "/admin/exports/export/<uuid:object_id>/file/",
    "exports.view",
    slots={"object_id": "exports_export"},
    table="exports_export",
)
pages("exports.feed", "settings", do=("off", "on"))
pages("fulfilment.shippingmethod", "settings", actions=("archive",))
pages("fulfilment.shippingzone", "settings", actions=("archive",))
pages("imports.importrun", "imports", edit="run", do=("cancel", "pause", "resume", "start"))
for _key in ("errors", "progress"):
    op(f"/admin/imports/importrun/<path:object_id>/{_key}/", "imports.view", table="imports_importrun")
pages("inventory.stockitem", "stock", do=("adjust", "backorders", "count", "receive", "threshold", "transfer"))
pages("inventory.stockmovement", "stock")
pages("inventory.warehouse", "settings")
pages("notifications.notification", "orders", do=("send",))
pages("notifications.lettertext", "settings")
op("/admin/notifications/lettertext/language/", "settings.edit", form={"language": "en"})
op("/admin/notifications/lettertext/preview/", "settings.edit", form={"kind": "refund", "language": "en"})
pages(
    "orders.order",
    "orders",
    do={"cancel": "orders.refund", "capture": "orders.edit", "refund": "orders.refund", "void": "orders.refund"},
)
pages("payments.giftcard", "gift_cards")
pages("pricing.market", "settings")
pages("pricing.pricelist", "prices")
pages("pricing.promotion", "prices", actions=("archive",))
pages("pricing.taxclass", "settings")
pages("pricing.taxrate", "settings")
pages("staff.apikey", "api_keys", do=("revoke", "rotate"))
pages("webhooks.endpoint", "webhooks", do=("test", "change", "replay", "rotate", "switch", "remove"))
pages("webhooks.delivery", "webhooks", edit="", do={"replay": "webhooks.edit"})
pages("events.event", "events", edit="", do={"retry": "events.edit"})
pages("staff.invitation", "staff", do=("withdraw",))
pages("staff.role", "staff")
pages("staff.supportgrant", "staff", do=("end",))
op(
    "/admin/^(?P<app_label>accounts|staff|catalog|audit|webhooks|notifications|events|exports|payments|imports|orders|pricing|fulfilment|inventory)/$",
    STAFF,
)

# --- what no network reaches
for _key in (
    *("checkout.unwanted_payment hansa.domain.checkout.handlers.send_money_back",),
    *("import.finished hansa.domain.catalog.handlers.fetch_imported_pictures",),
    *("order.cancelled hansa.domain.checkout.handlers.void_open_payments",),
    *("order.paid hansa.domain.notifications.handlers.confirm_orders",),
    *("order.paid hansa.domain.orders.handlers.tell_extensions_of_paid_order",),
    *("order.placed hansa.domain.orders.handlers.tell_extensions_of_placed_order",),
    *("payment.refund_failed hansa.domain.checkout.handlers.tell_order_of_refund",),
    *("payment.refunded hansa.domain.checkout.handlers.tell_order_of_refund",),
    *("staff.invited hansa.domain.notifications.handlers.invite",),
    *("stock.released hansa.domain.checkout.handlers.cancel_unpaid_order",),
    *("customer.verified hansa.domain.orders.handlers.give_customer_their_guest_orders",),
    *("order.fulfilled hansa.domain.notifications.handlers.tell_of_shipment",),
    *(
        f"order.{_state} hansa.domain.orders.handlers.count_for_popularity"
        for _state in ("cancelled", "paid", "refunded")
    ),
    *("order.refunded hansa.domain.notifications.handlers.tell_of_refund",),
    *("import.finished hansa.domain.notifications.handlers.tell_of_import",),
    *(
        f"order.{_state} hansa.domain.orders.handlers.forget_whoever_was_erased"
        for _state in ("cancelled", "completed", "fulfilled", "payment_failed", "refunded")
    ),
    *(
        f"order.{_state} hansa.interfaces.realtime.handlers.tell_staff_of_orders"
        for _state in ("cancelled", "completed", "fulfilled", "paid", "payment_failed", "placed", "refunded")
    ),
):
    op(f"handler {_key}", WORKER)
for _key in (
    *(
        "accounts.forget_unverified",
        "carts.tidy_carts",
        "checkout.forget_keys",
        "checkout.reconcile_payments",
        "events.relay",
        "events.forget_events",
        "webhooks.offer_deliveries",
    ),
    *("catalog.fold_what_changed", "catalog.forget_unused_pictures", "exports.forget_exported_files"),
    *("inventory.publish_what_changed", "inventory.release_what_expired"),
    *("payments.settle_due_refunds", "pricing.publish_what_holds_now"),
):
    op(f"duty hansa.{_key}", WORKER)
for _key in (
    *("catalog.fetch", "exports.write", "exports.write_feed", "imports.import_upload"),
    *("notifications.send_notification", "webhooks.deliver"),
):
    op(f"job hansa.{_key}", WORKER)
for _key in (
    *("add_domain", "create_staff", "create_tenant", "grant_support", "import_products", "load_tax_rates"),
    *("rebuild_listing", "reconcile_stock", "set_language", "set_origins", "suspend_tenant", "trust_provider"),
    "verify_audit",
):
    op(f"command {_key}", OPERATOR)
