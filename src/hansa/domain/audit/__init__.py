"""The audit log: who changed what, from where, and what it was before.

Rows tell it themselves: a table that `AuditModel` (`operations.py`) is attached to writes an entry for
every change that a privileged actor makes (Note [The actor travels with the transaction] in
`kernel/actors.py`), in the same transaction. What is no change of a row, such as a login, a service
says with `services/record.py`. Nobody can change an entry, and each is chained to the one before it,
per tenant, so that a change that was made around the application shows (`chain.sql`,
`services/verify.py`). Why it is so: docs/adr/0008.

Words: an *entry* is one change; its *object* is the row that changed, its *parent* the row that the
object is a part of (a variant's product); an entry is *sealed* when it has its number and its hash;
the *head* is the last number and hash of a tenant.
"""
