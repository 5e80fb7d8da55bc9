"""From a verified identity to an `Actor`: account, profiles or portal, found or made, and kept until they change."""

import math
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from models.account.account import ACCOUNTS, AccountRow, AccountStatus
from models.account.sign_in import SIGN_INS
from models.actor import Actor, ActorKind
from models.clock import now
from models.errors import Code, Refusal
from models.principal import Identity, Portal, Profile, Visit
from models.row import Row
from models.store.connection import MAJORITY, Database
from models.store.feed import Feed
from models.store.kept import Kept, Told
from models.table import Table, document

KEPT_ACTORS = 10_000
"""Actors that are kept, the least recently used leaving first: one takes about two kilobytes, and half a one for each
table whose rows he has asked for."""

Key = tuple[Identity, tuple[str, ...]]
"""Whom a token names, with all that it says of the person, and the products whose profiles were asked for."""

LOGIN_NOTED_MILLISECONDS = 3_600_000
"""The last login is written at most once in this time: it tells the hour, and no request pays for it."""

TOUCHED_MILLISECONDS = 60_000
"""A portal notes that it is in use at most once in this time."""

OPENED = ("expiresAt", "signInVersion", "lastActive")
"""The columns of a portal that say whether its tokens are good, and when it was used."""

SIGN_IN = "@sign-in"
"""The key under which an account carries the sign-in that its token comes from; it is no column's name."""

Document = dict[str, Any]


class Principals:
    """Finds and makes accounts and profiles, and finds portals.

    While the `feed` of changes is open, who was found is kept, and asked of the database again once a row of his has
    changed. `profiles` and `portals` are all that may be asked for.
    """

    def __init__(
        self, database: Database, feed: Feed, profiles: Sequence[Profile], portals: Sequence[Portal] = ()
    ) -> None:
        # A transaction may begin a moment before what a plain question already sees of a commit under way; it never
        # begins before what a majority holds. So whoever is found here is found in the request's transaction too.
        self._database = database.with_options(write_concern=MAJORITY, read_concern=ReadConcern("majority"))
        own = {profile.table.collection: frozenset({"accountId", *profile.columns}) for profile in profiles}
        # Neither a use of a portal nor of a sign-in changes who its visitor is.
        read = {each.table.collection: _read(each) - {"lastActive"} for each in portals}
        made_from = {ACCOUNTS.collection: None, SIGN_INS.collection: frozenset({"endedAt"}), **own, **read}
        # Who has a portal is kept under his visit.
        self._kept = Kept[Key | Visit, Actor](feed, made_from, KEPT_ACTORS)

    @property
    def hits(self) -> int:
        """How often an actor was known without asking the database."""
        return self._kept.hits

    def changed(self, collection: str, keys: Iterable[ObjectId] | None) -> None:
        """Take notice of a write of this process to these rows (None: any), so that its client reads what it wrote."""
        self._kept.drop(collection, keys)

    async def actor(self, identity: Identity, used: Sequence[Profile], known: Sequence[Profile] = ()) -> Actor:
        """The actor of an account. Profiles in `used` are made when they are missing, others, in `known`, are not.

        Raises FORBIDDEN for an account that is suspended or deleted.
        """
        key = (identity, tuple([profile.product for profile in (*used, *known)]))
        return self._kept.find(key) or await self._load(key, used, [*used, *known])

    async def again(self, identity: Identity, known: Sequence[Profile] = ()) -> Actor:
        """The same for somebody who was there a while ago: nothing is written, and nothing is made that is gone.

        Raises FORBIDDEN for an account that is suspended, deleted or gone.
        """
        key = (identity, tuple([profile.product for profile in known]))
        return self._kept.find(key) or await self._reload(key, known)

    async def visitor(self, visit: Visit, *, noted: bool = True) -> Actor:
        """The actor of a portal; its use is `noted` in it. Raises UNAUTHENTICATED when the portal does not stand open
        to the token any more."""
        return self._kept.find(visit) or await self._open(visit, noted=noted)

    def watch(self, actor: Actor, told: Told) -> Told:
        """Call `told` whenever a row that the actor was made from may have changed, until what this returns is called.

        It hears of writes of this process and of what the feed tells, at once, and when the feed has lost its place.
        It must neither wait nor raise.
        """
        return self._kept.watch(actor.rows, told)

    async def _open(self, visit: Visit, *, noted: bool) -> Actor:
        began, portal = self._kept.moment(), visit.portal
        collection = self._database[portal.table.collection]
        row = await collection.find_one({"_id": visit.key, **portal.condition}, dict.fromkeys(_read(portal), 1))
        end = math.inf if row is None or row.get("expiresAt") is None else row["expiresAt"]
        if row is None or row["signInVersion"] != visit.version or end <= now():
            raise Refusal(Code.UNAUTHENTICATED, "This portal is closed, or its code was changed: sign in again.")
        if noted and row.get("lastActive", now()) < now() - TOUCHED_MILLISECONDS:
            await collection.update_one({"_id": visit.key}, {"$set": {"lastActive": now()}})
        actor = portal.actor(row)
        seconds = min(TOUCHED_MILLISECONDS, end - now()) / 1000
        self._kept.keep(visit, actor, actor.rows, began, seconds)
        return actor

    async def _reload(self, key: Key, wanted: Sequence[Profile]) -> Actor:
        began, identity = self._kept.moment(), key[0]
        account = await self._find(identity, wanted)
        if account is None:
            raise Refusal(Code.FORBIDDEN, f"This account is {AccountStatus.DELETED}.")
        _check_active(account, identity)
        profiles = {profile.product: rows[0] for profile in wanted if (rows := account.get(profile.product))}
        actor = _actor(account, identity, profiles, wanted)
        # Kept as `actor` would: neither was anything to be made, nor was the login to be noted.
        if _settled(wanted, profiles) and not _news(account, identity):
            self._kept.keep(key, actor, actor.rows, began, _seconds_until_noted(account))
        return actor

    async def _load(self, key: Key, used: Sequence[Profile], wanted: Sequence[Profile]) -> Actor:
        began, identity = self._kept.moment(), key[0]
        account = await self._find(identity, wanted) or await self._make_account(identity)
        _check_active(account, identity)
        await self._refresh(account, identity)
        profiles: dict[str, Document] = {}
        for profile in wanted:
            rows = account.get(profile.product, [])
            if rows:
                profiles[profile.product] = rows[0]
            elif profile in used and profile.make is not None:
                row = profile.make(account["_id"], identity)
                profiles[profile.product] = await self._insert_once(profile.table, row, ("accountId",))
        actor = _actor(account, identity, profiles, wanted)
        if _settled(wanted, profiles):
            self._kept.keep(key, actor, actor.rows, began, _seconds_until_noted(account))
        return actor

    async def _find(self, identity: Identity, wanted: Sequence[Profile]) -> Document | None:
        stages: list[Document] = [
            {"$match": {"issuer": identity.issuer, "subject": identity.subject}},
            {"$limit": 1},
        ]
        stages += [_joined(profile) for profile in wanted]
        if identity.session is not None:
            stages.append(_joined_sign_in(identity.session))
        cursor = await self._database[ACCOUNTS.collection].aggregate(stages)
        found = await cursor.to_list()
        return found[0] if found else None

    async def _make_account(self, identity: Identity) -> Document:
        if identity.session is not None:
            raise _ended()
        row = AccountRow(
            issuer=identity.issuer,
            subject=identity.subject,
            email=identity.email,
            emailVerified=identity.emailVerified,
            displayName=identity.name,
            imageUrl=identity.picture,
            lastLoginAt=now(),
        )
        return await self._insert_once(ACCOUNTS, row, ("issuer", "subject"))

    async def _insert_once(self, table: Table[Any], row: Row, unique: Sequence[str]) -> Document:
        """The row under its unique columns, made by exactly one of the requests that arrive first together."""
        values = document(row)
        key = {column: values.pop(column) for column in unique}
        collection = self._database[table.collection]
        try:
            found = await collection.find_one_and_update(
                key, {"$setOnInsert": values}, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            # MongoDB tries an upsert again only for the index it was asked by; another unique one may notice first.
            found = await collection.find_one(key)
            if found is None:
                raise
        assert found is not None  # noqa: S101  # an upsert always finds
        return found

    async def _refresh(self, account: Document, identity: Identity) -> None:
        """Keep what the identity provider says of the person, when it says something new."""
        news = _news(account, identity)
        if news:
            change = {"$set": {**news, "updatedAt": now()}, "$inc": {"version": 1}}
            await self._database[ACCOUNTS.collection].update_one({"_id": account["_id"]}, change)
            self.changed(ACCOUNTS.collection, [account["_id"]])


def _check_active(account: Document, identity: Identity) -> None:
    if account["status"] != AccountStatus.ACTIVE:
        raise Refusal(Code.FORBIDDEN, f"This account is {account['status']}.")
    if identity.session is not None and not account[SIGN_IN]:
        raise _ended()


def _ended() -> Refusal:
    return Refusal(Code.UNAUTHENTICATED, "This sign-in has ended: sign in again.")


def _settled(wanted: Sequence[Profile], profiles: Mapping[str, Document]) -> bool:
    """Whether nothing can come about that no row of the actor would tell of: another process may make a profile that is
    missing."""
    return all(profile.product in profiles or profile.make is None for profile in wanted)


def _news(account: Document, identity: Identity) -> Document:
    """What is to be written of a person who has come with this identity now."""
    told = {
        "email": identity.email,
        "emailVerified": identity.emailVerified if identity.email else None,
        "displayName": identity.name,
        "imageUrl": identity.picture,
    }
    news: Document = {column: said for column, said in told.items() if said is not None and account.get(column) != said}
    if account.get("lastLoginAt", 0) < now() - LOGIN_NOTED_MILLISECONDS:
        news["lastLoginAt"] = now()
    return news


def _read(portal: Portal) -> frozenset[str]:
    """The columns that a visitor is made from."""
    return frozenset({*portal.condition, *portal.profiles.values(), *OPENED})


def _seconds_until_noted(account: Document) -> float:
    """How long the account may go unseen before its last login is to be noted again."""
    noted: int = account.get("lastLoginAt", 0)
    return (noted + LOGIN_NOTED_MILLISECONDS - now()) / 1000


def _joined(profile: Profile) -> Document:
    columns = dict.fromkeys(("_id", *profile.columns), 1)
    return {
        "$lookup": {
            "from": profile.table.collection,
            "localField": "_id",
            "foreignField": "accountId",
            "pipeline": [{"$project": columns}],
            "as": profile.product,
        }
    }


def _joined_sign_in(session: ObjectId) -> Document:
    alive = [{"$match": {"_id": session, "endedAt": None}}, {"$project": {"_id": 1}}]
    join = {"from": SIGN_INS.collection, "localField": "_id", "foreignField": "accountId", "pipeline": alive}
    return {"$lookup": {**join, "as": SIGN_IN}}


def _actor(account: Document, identity: Identity, profiles: Mapping[str, Document], wanted: Sequence[Profile]) -> Actor:
    operator = "operator" in account.get("platformRoles", ())
    there = [(profile, profiles[profile.product]) for profile in wanted if profile.product in profiles]
    own = {profile.product: row["_id"] for profile, row in there}
    roles = {name: row["_id"] for profile, row in there for name, column in profile.roles.items() if row.get(column)}
    rows = [(ACCOUNTS.collection, account["_id"]), *((profile.table.collection, row["_id"]) for profile, row in there)]
    if identity.session is not None:
        rows.append((SIGN_INS.collection, identity.session))
    return Actor(
        kind=ActorKind.OPERATOR if operator else ActorKind.ACCOUNT,
        name=f"{account['issuer']} {account['subject']}",
        account=account["_id"],
        # One actor may serve many requests.
        profiles=MappingProxyType(own | roles),
        grants=MappingProxyType(
            {name: frozenset(row.get(column, ())) for profile, row in there for name, column in profile.grants.items()}
        ),
        rows=tuple(rows),
    )
