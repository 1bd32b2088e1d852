"""Fulfilment: how goods reach the customer, and what that costs.

We own ShippingZone, ShippingMethod and PickupPoint.

Our words: a *zone* is where something is sent to; of the zones that fit an address the first by
position counts, and an empty list of countries is everywhere. A *method* is offered in its zone at a
price that is flat or depends on weight, value or number of pieces. A *quote* is the list of methods
for one basket, with prices.

Invariants: a shop without a zone ships nothing; a method is quoted only in its own currency.
"""
