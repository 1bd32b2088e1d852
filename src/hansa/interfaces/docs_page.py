"""The page that describes an API, with Swagger UI from our own files."""

import secrets
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css">
<link rel="icon" href="/static/drf_spectacular_sidecar/swagger-ui-dist/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui" data-schema="{schema}"></div>
<noscript>The same description, to read by programs: <a href="{schema}">{schema}</a></noscript>
<script nonce="{nonce}" src="/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"></script>
<script nonce="{nonce}" src="/static/storefront/docs.js"></script>
</body>
</html>"""


def docs_page(*, title: str, schema: str) -> tuple[str, dict[str, str]]:
    """Return the page for the description at `schema`, and its Content-Security-Policy with a nonce of its own."""
    nonce = secrets.token_urlsafe(16)
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}';"
        " img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    page = _PAGE.format(title=escape(title), schema=escape(schema), nonce=nonce)
    return page, {"content-security-policy": policy, "cache-control": "no-store"}
