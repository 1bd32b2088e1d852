"""Addresses of the shop."""

from django.urls import path

from hansa.interfaces.shop import feeds, views
from hansa.interfaces.shop.account import address_views, session_views
from hansa.interfaces.shop.account import views as account_views
from hansa.interfaces.shop.buying import cart_views, checkout_views, order_views

app_name = "shop"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.everything, name="everything"),
    path("c/<path:path>/", views.category, name="category"),
    path("p/<slug:slug>/", views.product, name="product"),
    path("search/", views.search, name="search"),
    path("cart", cart_views.show_cart, name="cart"),
    path("cart/add", cart_views.add, name="cart_add"),
    path("cart/lines/<uuid:line_id>", cart_views.change_line, name="cart_line"),
    path("cart/promotions", cart_views.change_promotions, name="cart_promotions"),
    path("cart/gift-cards", cart_views.change_gift_cards, name="cart_gift_cards"),
    path("checkout", checkout_views.check_out, name="checkout"),
    path("checkout/return", checkout_views.come_back, name="checkout_return"),
    path("checkout/confirm/<uuid:payment_id>", checkout_views.confirm, name="confirm"),
    path("orders/<uuid:order_id>", order_views.order, name="order"),
    path("orders/<uuid:order_id>/again", order_views.try_again, name="order_again"),
    path("account/", account_views.account, name="account"),
    path("account/orders/", account_views.orders, name="account_orders"),
    path("account/addresses/", address_views.addresses, name="account_addresses"),
    path("account/addresses/new/", address_views.address, name="account_new_address"),
    path("account/addresses/<uuid:address_id>/", address_views.address, name="account_address"),
    path("account/addresses/<uuid:address_id>/change/", address_views.change_address, name="account_address_change"),
    path("account/wishlist/", account_views.wishlist, name="wishlist"),
    path("account/wishlist/<uuid:product_id>/", account_views.change_wish, name="wish"),
    path("account/data/", account_views.data, name="account_data"),
    path("account/data/export/", account_views.export, name="account_export"),
    path("account/data/erase/", account_views.erase, name="account_erase"),
    # Before allauth's own, which reverse by other names:
    path("account/logout/", account_views.log_out),
    path("account/sessions/", session_views.sessions),
    path("feeds/google/<slug:language>.xml", feeds.google, name="google_feed"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
]
