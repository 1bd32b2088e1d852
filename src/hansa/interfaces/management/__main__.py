"""`python -m hansa.interfaces.management` prints the API's description, for review and client generators."""

import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hansa.config.settings")

import django

django.setup()

from hansa.interfaces.management.schema import describe  # noqa: E402

print(json.dumps(describe(), indent=2, ensure_ascii=False))  # noqa: T201
