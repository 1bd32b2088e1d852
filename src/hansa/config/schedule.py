"""What is done again and again, and how often: the one place to look.

Seconds between two looks, by the name of the duty (`@duty`); a duty does nothing where nothing is due.
One dispatcher of all machines' puts them into a queue (`domain/work/services/dispatch.py`).
"""

SCHEDULE: dict[str, float] = {
    "hansa.events.relay": 0.0,
    "hansa.webhooks.offer_deliveries": 0.0,
    "hansa.inventory.publish_what_changed": 0.5,
    "hansa.pricing.publish_what_holds_now": 0.5,
    "hansa.inventory.release_what_expired": 1.0,
    "hansa.checkout.reconcile_payments": 1.0,
    "hansa.payments.settle_due_refunds": 1.0,
    "hansa.carts.tidy_carts": 300.0,
    "hansa.checkout.forget_keys": 3600.0,
    "hansa.catalog.fold_what_changed": 10.0,
    "hansa.accounts.forget_unverified": 3600.0,
    "hansa.events.forget_events": 60.0,
    "hansa.catalog.forget_unused_pictures": 3600.0,
    "hansa.exports.forget_exported_files": 3600.0,
}
