"""Addresses of the shop."""

from django.urls import path

from hansa.interfaces.shop import views

app_name = "shop"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.everything, name="everything"),
    path("c/<path:path>/", views.category, name="category"),
    path("p/<slug:slug>/", views.product, name="product"),
    path("search/", views.search, name="search"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
]
