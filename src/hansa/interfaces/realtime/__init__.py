"""Real time: sockets that tell browsers what changed, `/ws/…`.

A *feed* (`feeds.py`) is what a socket wants to hear of: an import, the orders, the stock of a variant. All sockets
of one feed are a *group*, whose name carries the tenant. Whoever changes something tells the group
(`tell.py`), through Django Channels' layer: PostgreSQL's NOTIFY (`postgres_layer.py`), or Redis where it is
configured. Each web process has one *hub* (`hub.py`) that listens once for all its sockets, reads what the
news is about once for the group, behind the wall as that tenant, and hands it to each socket.

Note [News carries ids]: what goes from process to process says only that something changed, and which. Each
process reads the rest itself, so that no layer ever carries what a shop owns, nothing is too large for a
NOTIFY, what arrives late is not old, and what somebody may see is decided when it is read.

Note [A lost message]: layers lose messages when connections break. So a feed begins with its state; the hub
sends the state again when it has been cut off, and every BEAT_SECONDS anyway, which also keeps proxies from
hanging up.
"""
