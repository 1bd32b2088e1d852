"""Notifications: what the shop writes to people, each once.

A *notification* is a row before it is an e-mail: unique by kind, object and recipient, so however often an
event comes and however many workers see it, there is one. The row is a job: a worker sends it, outside any
transaction, with a Message-ID that is always the same. Exactly once, but for one case that nobody can exclude:
the process dies after the mail server took the message and before we noted it; then it is sent again with
the same Message-ID, when the lease is over.
"""
