"""Makes a freshly started mongod the primary of its own one-node replica set, which transactions and streams need."""

import time
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import AutoReconnect, OperationFailure

NAME = "rs0"
POLL_SECONDS = 0.01

_NOT_YET_INITIALIZED = 94
# While a mongod reads its stored configuration, it has none to show and yet accepts no new one: ask again.
_STILL_STARTING = {23, 109}  # AlreadyInitialized, ConfigurationInProgress


def make_primary(port: int, deadline: float) -> None:
    """Return once the mongod on this loopback port takes writes; `TimeoutError` past `deadline` (monotonic seconds)."""
    with MongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
        while not _is_primary(client.admin, f"127.0.0.1:{port}"):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(POLL_SECONDS)


def _is_primary(admin: Database[dict[str, Any]], host: str) -> bool:
    try:
        if admin.command("hello")["isWritablePrimary"]:
            return True
        _configure(admin, host)
    except AutoReconnect:
        return False  # a node that changes its role closes its connections
    except OperationFailure as error:
        if error.code not in _STILL_STARTING:
            raise
    return False


def _configure(admin: Database[dict[str, Any]], host: str) -> None:
    try:
        config = admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != _NOT_YET_INITIALIZED:
            raise
        admin.command("replSetInitiate", {"_id": NAME, "members": [{"_id": 0, "host": host}]})
        return
    member = config["members"][0]
    if member["host"] != host:
        # The data remember the port of the last start. A node that does not find itself in its set has no primary
        # to ask for a change, hence `force`.
        member["host"] = host
        admin.command("replSetReconfig", config | {"version": config["version"] + 1}, force=True)
