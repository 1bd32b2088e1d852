"""Events: what happened, told to whoever must know, at least once and never before it is true.

A service writes its event into the outbox in its own transaction (`services/record.py`), so nothing
is told that was rolled back and nothing committed goes untold. The worker's relay
(`services/relay.py`) hands each event to its handlers, in order per aggregate.

Words: an *event* is a fact in the past (`order.paid`); its *aggregate* is the thing it happened to;
a *handler* reacts to it and may run again, so it must be idempotent; a *duty* is what the worker
does again and again.

Note [The log]: when an event was committed, the relay gives it the next `sequence` of its tenant, one
transaction after the other (`services/number.py`), so that the log has no gaps and nothing ever appears
behind what a reader has seen already: whoever reads on from the last number misses nothing. Ids and
positions cannot do that: they become visible out of order.
"""
