"""Agents with passwords, as an invitation leaves them behind, and what they do to get in."""

import functools
import re
from typing import Any

from bson import ObjectId
from pwdlib.hashers.argon2 import Argon2Hasher

from models.account.account import AccountRow
from models.estate.agent import AGENTS
from models.mail.mail import MAILS
from models.principal import OWN_ISSUER
from models.store.connection import Database
from models.table import Table
from tests.factories import estate as make
from tests.fixtures.estate import Party
from tests.fixtures.wire import ANONYMOUS, Api, Caller
from tests.resolvers.advisor.writing import done, write

PASSWORD = "correct horse battery staple"
OTHER = "another horse, another battery"
ACCESS = "accessToken expiresAt refreshToken"
EMPTY = {"accessToken": None, "expiresAt": None, "refreshToken": None}


@functools.cache
def hashed(password: str = PASSWORD) -> str:
    """What is stored of it."""
    return Argon2Hasher().hash(password)


async def person(name: str = "pam", *, active: bool = True, account: dict[str, Any] | None = None, **way: Any) -> Party:
    """An agent who was invited and has set a password, unless `way` (the credential's columns) says otherwise."""
    key, email = ObjectId(), f"{name}@example.com"
    owner = AccountRow(**{"issuer": OWN_ISSUER, "subject": str(key), "email": email, **(account or {})})
    await owner.insert()
    assert owner.id is not None
    given = {"isActivated": True, "id": key, "email": email, "firstName": name.title(), "active": active}
    row = await make.agent(owner.id, **given)
    await make.agent_credential(row, **{"passwordHash": hashed(), **way})
    return Party(name, account=owner.id, row=row, table=AGENTS)


async def attempt(api: Api, email: str = "pam@example.com", password: str = PASSWORD) -> dict[str, Any]:
    """The payload of a sign-in, whatever became of it."""
    return await write(api, "estateAgentSignIn", ANONYMOUS, ACCESS, email=email, password=password)


async def enter(api: Api, email: str = "pam@example.com", password: str = PASSWORD) -> tuple[Caller, str]:
    """Sign in: the caller by the access token, and the refresh token."""
    return caller(await done(api, "estateAgentSignIn", ANONYMOUS, ACCESS, email=email, password=password))


def caller(payload: dict[str, Any]) -> tuple[Caller, str]:
    """The caller by a payload's access token, and the refresh token."""
    assert payload["accessToken"].startswith("tok_")
    return Caller("signed in", payload["accessToken"]), payload["refreshToken"]


async def status(api: Api, by: Caller) -> int:
    """How a request of his is answered: 200, or 401 for whose token is good no more."""
    return (await api.post("{ estateAgentMe { id } }", None, by)).status_code


async def linked(database: Database) -> str:
    """The secret of the one mail that waits; it is taken out."""
    [mail] = await database[MAILS.collection].find().to_list()
    await database[MAILS.collection].delete_many({})
    [secret] = re.findall(r"http://localhost:3000/agent/(?:activate|reset)#(\S+)", mail["text"])
    return str(secret)


async def events(database: Database) -> list[tuple[str, str | None]]:
    """The audit, oldest first: what happened, and from which address."""
    entries = await database["estate_audit_entries"].find().sort("_id").to_list()
    return [(entry["event"], entry.get("address")) for entry in entries]


async def stored(database: Database, table: Table[Any]) -> list[dict[str, Any]]:
    """All rows of a table."""
    return await database[table.collection].find().sort("_id").to_list()
