"""What the products' documents demand, as the files `*_contract.yaml` beside this one say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

Demand = dict[str, Any]


@dataclass(frozen=True)
class Contract:
    """One product's tables with their fields and indexes, and where the house differs from them."""

    name: str
    tables: Mapping[str, Demand]
    differences: Mapping[str, Mapping[str, Demand]]

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """(type, field) of every column."""
        return [(name, field) for name, table in self.tables.items() for field in table["fields"]]

    @cached_property
    def indexes(self) -> list[tuple[str, str]]:
        """(type, index) of every index."""
        return [(name, index) for name, table in self.tables.items() for index in table["indexes"]]

    @cached_property
    def every(self) -> list[tuple[str, str, Demand]]:
        """(type, path, demand) of every field, and of the fields within it."""
        return [(name, path, field) for name, table in self.tables.items() for path, field in _paths(table["fields"])]

    @cached_property
    def private(self) -> dict[str, list[str] | None]:
        """Who may read a field, by "Type.path"; None where whoever reads what is around it may."""
        return {f"{name}.{path}": field.get("private") for name, path, field in self.every}

    def readers(self, place: str) -> list[str] | None:
        """What the contract or a difference says of the field, or else of the field around it."""
        if place in self.differences["private"]:
            return list(self.differences["private"][place]["readers"])
        if place not in self.private:
            return None
        own = self.private[place]
        return self.readers(place.rpartition(".")[0]) if own is None else own

    def stored(self, name: str, path: str) -> str:
        """The path under which the row holds the field."""
        return str(self.differences["fields"].get(f"{name}.{path}", {}).get("row", path))


def _paths(fields: dict[str, Demand], prefix: str = "") -> Iterator[tuple[str, Demand]]:
    for name, field in fields.items():
        yield prefix + name, field
        yield from _paths(field.get("fields", {}), f"{prefix}{name}.")


def _read(path: Path) -> Contract:
    data = yaml.safe_load(path.read_text("utf-8"))
    differences = {kind: data["differences"].get(kind) or {} for kind in ("fields", "indexes", "private")}
    return Contract(path.stem.removesuffix("_contract"), data["tables"], differences)


CONTRACTS = {contract.name: contract for contract in map(_read, sorted(Path(__file__).parent.glob("*_contract.yaml")))}
