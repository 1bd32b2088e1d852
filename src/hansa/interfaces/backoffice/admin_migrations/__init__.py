"""Django's own admin, with its log inside the wall: replaces django.contrib.admin's migrations."""
