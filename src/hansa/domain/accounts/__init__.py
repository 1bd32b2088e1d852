"""Accounts: the people who log in, and their sessions.

We own User and Session. Both belong to a tenant: the same person may have an account with two
merchants, and a session of one shop does not exist in another.
"""
