"""Addresses of the shop."""

from django.urls import path

from hansa.interfaces.shop import views
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
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
]
