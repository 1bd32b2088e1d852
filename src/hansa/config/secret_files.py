"""Settings that stand in files: `HANSA_SECRET_KEY_FILE=/run/secrets/key`, as Docker and Kubernetes mount secrets."""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsError


class SecretFiles(PydanticBaseSettingsSource):
    """Reads each setting from the file that `<variable>_FILE` names; the line break at its end does not count."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        """Take the settings to read."""
        super().__init__(settings_cls)
        self._prefix: str = settings_cls.model_config.get("env_prefix", "")

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the file's text, and the name by which pydantic knows the setting.

        Raises SettingsError for a file that cannot be read, or stands beside a variable that is set.
        """
        alias = field.validation_alias
        variable = alias if isinstance(alias, str) else f"{self._prefix}{field_name}".upper()
        key = alias if isinstance(alias, str) else field_name
        path = os.environ.get(f"{variable}_FILE")
        if not path:
            return None, key, False
        if os.environ.get(variable):
            message = f"{variable} and {variable}_FILE are both set. Keep one of them."
            raise SettingsError(message)
        try:
            return Path(path).read_text().rstrip("\r\n"), key, False
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            message = f"{variable}_FILE names {path}, which cannot be read: {reason}."
            raise SettingsError(message) from error

    def __call__(self) -> dict[str, Any]:
        """Return what the files say."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {key: value for value, key, _ in found if value is not None}
