"""Commands as golden files keep them: what the server decided, without what differs from run to run."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

PASSING = frozenset({"lsid", "$db", "$clusterTime", "$readPreference", "txnNumber", "maxTimeMS"})
CLOCK = range(1_600_000_000_000, 9_000_000_000_000)
"""Unix milliseconds of our days."""


class Normaliser:
    """Gives each id of a run the number of its first appearance, and takes clocks and hashes out."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def command(self, command: Mapping[str, Any]) -> dict[str, Any]:
        """The command without what belongs to the connection."""
        return {name: self.value(value) for name, value in command.items() if name not in PASSING}

    def value(self, value: Any) -> Any:
        """The value as JSON, the same in every run."""
        if isinstance(value, Mapping):
            return {self.value(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        if isinstance(value, ObjectId):
            return self._ids.setdefault(str(value), f"<id {len(self._ids) + 1}>")
        if isinstance(value, datetime):
            return "<date>"
        if isinstance(value, int) and value in CLOCK:
            return "<now>"
        if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value):
            return "<hash>"
        return value
