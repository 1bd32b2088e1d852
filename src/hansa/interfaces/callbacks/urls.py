"""Addresses of callbacks."""

from django.urls import path

from hansa.interfaces.callbacks import views

app_name = "callbacks"
urlpatterns = [path("<slug:provider>", views.receive, name="receive")]
