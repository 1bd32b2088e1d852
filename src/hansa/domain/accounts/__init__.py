"""Accounts: the people who log in, their sessions, and the shop's customers.

We own User, Session, CustomerGroup and Customer. All belong to a tenant: the same person may have an
account with two merchants, and a session of one shop does not exist in another. A customer is known
by an e-mail address, in any spelling of its case, and may be in one group.
"""
