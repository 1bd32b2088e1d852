"""Carts: what somebody may want to buy.

Words: a *cart* has *lines* of variants; whoever holds its *token* may change it; its *version* grows
with every change, so that nobody pays for a cart that somebody else has changed meanwhile. An *issue*
says what is wrong with a line now: gone, price changed, not enough.

A cart is priced whenever it is looked at, and its prices are never stored; the *seen price* of a line
is only there to say that it has changed.
"""
