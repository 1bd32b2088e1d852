"""`python -m hansa.interfaces.storefront` prints the API's description, for review and client generators."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hansa.config.settings")

import django

django.setup()

from hansa.interfaces.storefront.app import storefront  # noqa: E402

print(json.dumps(storefront.app.openapi(), indent=2, ensure_ascii=False))  # noqa: T201
