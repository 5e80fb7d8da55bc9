"""From a verified identity to an `Actor`: account and profiles, found or made, and kept until they change."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from models.account.account import ACCOUNTS, AccountRow, AccountStatus
from models.actor import Actor, ActorKind
from models.clock import now
from models.errors import Code, Refusal
from models.principal import Identity, Profile
from models.row import Row
from models.store.connection import MAJORITY, Database
from models.store.feed import Feed
from models.store.kept import Kept, Key, Source, Told
from models.table import Table, document

LOGIN_NOTED_MILLISECONDS = 3_600_000
"""The last login is written at most once in this time: it tells the hour, and no request pays for it."""

Document = dict[str, Any]


class Principals:
    """Finds and makes accounts and profiles.

    While the `feed` of changes is open, who was found is kept, and asked of the database again once a row of his has
    changed. `profiles` are all that may be asked for.
    """

    def __init__(self, database: Database, feed: Feed, profiles: Sequence[Profile]) -> None:
        self._database = database.with_options(write_concern=MAJORITY)
        read = {profile.table.collection: frozenset({"accountId", *profile.grants.values()}) for profile in profiles}
        self._kept = Kept(feed, {ACCOUNTS.collection: None, **read})
        self._collections = {profile.product: profile.table.collection for profile in profiles}

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

    def watch(self, actor: Actor, told: Told) -> Told:
        """Call `told` whenever a row that the actor was made from may have changed, until what this returns is called.

        It hears of writes of this process and of what the feed tells, at once, and when the feed has lost its place.
        It must neither wait nor raise. Nobody but accounts has rows.
        """
        if actor.account is None:
            return _nothing
        own = [(self._collections[product], row) for product, row in actor.profiles.items()]
        return self._kept.watch([(ACCOUNTS.collection, actor.account), *own], told)

    async def _reload(self, key: Key, wanted: Sequence[Profile]) -> Actor:
        began = self._kept.moment()
        account = await self._find(key[0], wanted)
        if account is None:
            raise Refusal(Code.FORBIDDEN, f"This account is {AccountStatus.DELETED}.")
        _check_active(account)
        profiles = {profile.product: rows[0] for profile in wanted if (rows := account.get(profile.product))}
        actor = _actor(account, profiles, wanted)
        # Kept as `actor` would: neither was anything to be made, nor was the login to be noted.
        if len(profiles) == len(wanted) and not _news(account, key[0]):
            self._kept.keep(key, actor, _sources(account, profiles, wanted), began, _seconds_until_noted(account))
        return actor

    async def _load(self, key: Key, used: Sequence[Profile], wanted: Sequence[Profile]) -> Actor:
        began, identity = self._kept.moment(), key[0]
        account = await self._find(identity, wanted) or await self._make_account(identity)
        _check_active(account)
        await self._refresh(account, identity)
        profiles: dict[str, Document] = {}
        for profile in wanted:
            rows = account.get(profile.product, [])
            if rows:
                profiles[profile.product] = rows[0]
            elif profile in used:
                profiles[profile.product] = await self._make_profile(profile, account["_id"], identity)
        actor = _actor(account, profiles, wanted)
        # A profile that is missing may be made by any process, and no row of it would tell.
        if len(profiles) == len(wanted):
            self._kept.keep(key, actor, _sources(account, profiles, wanted), began, _seconds_until_noted(account))
        return actor

    async def _find(self, identity: Identity, wanted: Sequence[Profile]) -> Document | None:
        stages: list[Document] = [
            {"$match": {"issuer": identity.issuer, "subject": identity.subject}},
            {"$limit": 1},
        ]
        stages += [_joined(profile) for profile in wanted]
        cursor = await self._database[ACCOUNTS.collection].aggregate(stages)
        found = await cursor.to_list()
        return found[0] if found else None

    async def _make_account(self, identity: Identity) -> Document:
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

    async def _make_profile(self, profile: Profile, account: ObjectId, identity: Identity) -> Document:
        return await self._insert_once(profile.table, profile.make(account, identity), ("accountId",))

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


def _check_active(account: Document) -> None:
    if account["status"] != AccountStatus.ACTIVE:
        raise Refusal(Code.FORBIDDEN, f"This account is {account['status']}.")


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


def _nothing() -> None:
    """End a watch that watches nothing."""


def _sources(account: Document, profiles: Mapping[str, Document], wanted: Sequence[Profile]) -> list[Source]:
    own = [(profile.table.collection, profiles[profile.product]["_id"]) for profile in wanted]
    return [(ACCOUNTS.collection, account["_id"]), *own]


def _seconds_until_noted(account: Document) -> float:
    """How long the account may go unseen before its last login is to be noted again."""
    noted: int = account.get("lastLoginAt", 0)
    return (noted + LOGIN_NOTED_MILLISECONDS - now()) / 1000


def _joined(profile: Profile) -> Document:
    columns = dict.fromkeys(("_id", *profile.grants.values()), 1)
    return {
        "$lookup": {
            "from": profile.table.collection,
            "localField": "_id",
            "foreignField": "accountId",
            "pipeline": [{"$project": columns}],
            "as": profile.product,
        }
    }


def _actor(account: Document, profiles: Mapping[str, Document], wanted: Sequence[Profile]) -> Actor:
    operator = "operator" in account.get("platformRoles", ())
    grants = {
        name: frozenset(profiles[profile.product].get(column, ()))
        for profile in wanted
        if profile.product in profiles
        for name, column in profile.grants.items()
    }
    return Actor(
        kind=ActorKind.OPERATOR if operator else ActorKind.ACCOUNT,
        name=f"{account['issuer']} {account['subject']}",
        account=account["_id"],
        # One actor may serve many requests.
        profiles=MappingProxyType({product: row["_id"] for product, row in profiles.items()}),
        grants=MappingProxyType(grants),
    )
