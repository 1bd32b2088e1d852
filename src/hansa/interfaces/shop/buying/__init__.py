"""The cart, the checkout and the order, as pages.

A visitor has no session: the cart is opened by a cookie that holds its id and its token
(`kernel/tokens.py`), an order by a cookie of its own. Everything works without JavaScript; with it,
`static/shop/buying.js` takes the same pages apart and exchanges what has changed.
"""
