"""Answers that are put together here, as JSON."""

import json
from typing import Any

from fastapi import Response


def json_answer(body: Any, status: int = 200) -> Response:  # noqa: ANN401  (whatever JSON can say)
    """Answer with JSON that nobody may keep; UUIDs are written as text."""
    content = json.dumps(body, default=str, ensure_ascii=False, separators=(",", ":"))
    return Response(content, status, media_type="application/json", headers={"cache-control": "no-store"})
