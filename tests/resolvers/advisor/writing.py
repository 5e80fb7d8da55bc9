"""Mutations in one line, and what they leave behind."""

from typing import Any

from bson import ObjectId

from models import global_id
from models.store.connection import Database
from models.table import Table
from tests.fixtures.wire import Api, Caller


def gid(table: Table[Any], row: dict[str, Any] | ObjectId) -> str:
    """The global id of a stored row."""
    return global_id.encode(table.tag, row if isinstance(row, ObjectId) else row["_id"])


async def write(api: Api, mutation: str, by: Caller, shown: str = "", **given: Any) -> dict[str, Any]:
    """The payload of a mutation with this input, `shown` being what is selected besides the errors."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    errors = "userErrors { code field message }"
    document = f"mutation($input: {kind}!) {{ payload: {mutation}(input: $input) {{ {shown} {errors} }} }}"
    payload: dict[str, Any] = (await api.data(document, {"input": given}, by=by))["payload"]
    return payload


async def done(api: Api, mutation: str, by: Caller, shown: str = "", **given: Any) -> dict[str, Any]:
    """The payload of a mutation that is not refused."""
    payload = await write(api, mutation, by, shown, **given)
    assert payload.pop("userErrors") == []
    return payload


async def refusal(api: Api, mutation: str, by: Caller, **given: Any) -> tuple[str, str | None]:
    """The code and the field of the one error of a mutation that is refused."""
    [error] = (await write(api, mutation, by, **given))["userErrors"]
    return error["code"], None if error["field"] is None else ".".join(error["field"])


def denied(by: Caller) -> tuple[str, str | None]:
    """What somebody is told who may not even see the row: strangers to sign in, all others that it is not there."""
    return ("UNAUTHENTICATED", None) if by.token is None else ("NOT_FOUND", "id")


async def rows(database: Database, *tables: Table[Any]) -> list[list[dict[str, Any]]]:
    """Everything that is stored in the tables, to be compared with later."""
    return [await database[table.collection].find().sort("_id").to_list() for table in tables]
