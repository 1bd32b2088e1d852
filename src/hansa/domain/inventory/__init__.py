"""Inventory: how many pieces lie where, to whom they are promised, and the ledger that proves it.

We own Warehouse, StockItem, StockMovement, Reservation, BundleComponent and StockChange.

Our words: a *stock item* is one variant in one warehouse; *on hand* is what lies there, *reserved*
what of it is promised. A *reservation* is *held* while somebody pays, *allocated* when it is paid,
*shipped* when it has left, *released* when nothing came of it. A *bundle* is a variant that is made
of other variants' stock. *Published* is the number the catalogue shows (`catalog_variant.stock_quantity`).

Invariants: 0 ≤ reserved ≤ on hand + backorder limit; on hand and reserved are the sums of the ledger's
movements, and reserved is the sum of the live reservations (`selectors.reconcile` proves both). The
counters change only in the transaction that writes the movement. The ledger is never changed.

Note [Locks of the inventory]: reservations first, in the order of their ids, then stock items, in the
order of theirs, whoever locks and wherever: in the functions of `ledger.sql` and `reserve.sql`, in
the trigger of `catalogue.sql`, in `services/ledger.py`. Whoever writes the catalogue holds product and
variant rows before, and changes stock with one statement per transaction: a second one would lock
another set while the first is held. The publisher holds products and locks no stock.
"""
