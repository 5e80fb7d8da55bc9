"""Imports point one way: graphql_api → resolvers → models, and only models/store speaks to the driver."""

import pytest

from tests.laws.sources import PACKAGES, Module, modules

WEB = {"fastapi", "starlette", "uvicorn"}
FORBIDDEN = {
    "models": {"strawberry", "graphql", "resolvers", "graphql_api", *WEB},
    "resolvers": {"pymongo", "beanie", "graphql_api", *WEB},
    "graphql_api": {"beanie"},
}

DRIVER = ("models/store/",)
DRIVER_OUTSIDE = {
    "graphql_api/operations/faults.py": "tells which of the driver's errors are the server's and which the database's",
    "graphql_api/embedded/mongod.py": "waits for the MongoDB that it has started, before there is a store",
    "graphql_api/embedded/replica_set.py": "makes the replica set of the MongoDB that it has started",
}
"""Modules outside of models/store that import pymongo, each with its reason."""


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_point_one_way(package: str) -> None:
    wrong = [
        f"{module.name} imports {name}"
        for module in modules(package)
        for name in module.imports
        if name.split(".")[0] in FORBIDDEN[package]
    ]
    assert not wrong, f"{package} may not know these; move the code to the room that may: {wrong}"


def _speaks_to_the_driver(module: Module) -> bool:
    return any(name.split(".")[0] in {"pymongo", "gridfs"} for name in module.imports)


def test_only_the_store_speaks_to_the_driver() -> None:
    wrong = [
        module.name
        for module in modules(*PACKAGES)
        if not module.name.startswith(DRIVER) and module.name not in DRIVER_OUTSIDE and _speaks_to_the_driver(module)
    ]
    assert not wrong, f"Ask the database in models/store, not in {wrong}."


def test_each_exemption_is_needed() -> None:
    there = {module.name: module for module in modules(*PACKAGES)}
    idle = [name for name in DRIVER_OUTSIDE if name not in there or not _speaks_to_the_driver(there[name])]
    assert not idle, f"Strike {idle} from DRIVER_OUTSIDE: they do not import the driver."


def test_nothing_that_is_served_imports_the_tests() -> None:
    wrong = [module.name for module in modules(*PACKAGES) for name in module.imports if name.split(".")[0] == "tests"]
    assert not wrong, f"Take the imports of tests out of {wrong}."
