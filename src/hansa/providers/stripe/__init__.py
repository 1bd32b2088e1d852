"""Stripe, through its official SDK: Payment Intents, 3-D Secure, captures, refunds, webhooks.

A payment is two requests: make the intent, then confirm it. Until it is confirmed it takes no
money, and making it again with the same idempotency key (our payment's id) gives the same intent.
So after any crash or time-out `find` learns Stripe's id and asks how it stands, and an intent that
nobody confirmed is cancelled, so that a request which is still under way cannot charge later.
"""
