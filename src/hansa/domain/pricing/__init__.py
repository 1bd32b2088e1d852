"""Pricing: what a basket costs, and why.

We own PriceList, PriceListItem and PriceChange; TaxClass, ProductTaxClass, TaxRate and Market;
Promotion, PromotionUse and PromotionCustomer. The base price stays with the catalogue's variant.

Our words: the *unit price* is what one piece costs after price lists and quantity tiers; the *subtotal*
is before discounts; *exclusive* prices come without tax, which is added; a *promotion* is automatic or
has a code; it is *redeemed* by an order and its use is *released* when that order comes to nothing.

Invariants: subtotal - discount + shipping + (tax when exclusive) = total, and every one of them is the
sum of its parts; no line's discount is more than its subtotal; a promotion is never used more often
than its limit says, in total and per customer.

Read `price.py` first: it is pure, and the rest brings its input or acts on its outcome.
"""
