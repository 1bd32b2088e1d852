"""What all bodies share."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MAX_INTEGER = 2**63 - 1
"""What the database can compare with."""


def _whole(value: Any) -> Any:  # noqa: ANN401  (whatever a client sends)
    """Take 2.0 for 2: JSON knows one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, Field(strict=True), BeforeValidator(_whole)]
"""A whole number; neither `"2"` nor `true` is one."""


class In(BaseModel):
    """What a client sends: a field that nobody knows is refused, and so is a NUL, which no text of ours can hold."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, data: Any) -> Any:  # noqa: ANN401  (whatever a client sends)
        if has_nul(data):
            message = "a text holds a NUL character"
            raise ValueError(message)
        return data


def has_nul(data: Any) -> bool:  # noqa: ANN401  (whatever JSON can say)
    """Tell whether a NUL stands anywhere in it."""
    if isinstance(data, dict):
        return any(has_nul(part) for pair in data.items() for part in pair)
    if isinstance(data, list):
        return any(map(has_nul, data))
    return isinstance(data, str) and "\x00" in data
