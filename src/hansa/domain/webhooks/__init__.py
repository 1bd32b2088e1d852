"""Webhooks: what happened, told to the servers that a merchant names, as Standard Webhooks 1.0.0 says.

Words: an *endpoint* is such a server, with a secret of its own and filters (`order.paid`, `order.*`, `*`); a
*delivery* is one event on its way to one endpoint; an *attempt* is one try to hand it over.

Note [Slots]: a server that hangs must not keep others from being told. So a delivery waits as *queued*, which
no worker sees, and only as many of an endpoint's deliveries as it has slots are offered to the workers at a
time (`services/offer.py`): its `concurrency`, one while it fails, none while its breaker is open. Whoever
changes how many there are holds the endpoint's row, briefly, and never while it waits for the server.

Note [The log is the queue]: the relay writes deliveries in the transaction that numbers their events, so no
event can miss an endpoint that was enabled then. Whoever was away replays from a number of the log.
"""
