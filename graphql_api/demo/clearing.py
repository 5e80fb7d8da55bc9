"""Finds the demo's people in a database, and removes what is theirs."""

from dataclasses import dataclass

from bson import ObjectId

from graphql_api.demo import texts
from graphql_api.demo.advisors import advisor_key, team_key
from graphql_api.demo.people import DEMO, SUBJECTS, Keys, account_key
from models.account.account import ACCOUNTS
from models.advisor import OF_PEOPLE
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.selection import SELECTIONS
from models.advisor.team_template import TEAM_TEMPLATES
from models.advisor.user import USERS
from models.store import bulk
from models.store.connection import Database


@dataclass(frozen=True, slots=True)
class Found:
    """The ids under which the demo's people sign in, and all accounts and profiles that the demo has written."""

    keys: Keys
    accounts: tuple[ObjectId, ...]
    profiles: tuple[ObjectId, ...]


async def find(database: Database, issuer: str) -> Found:
    """Those of the demo's people who are there: by an earlier run, or because they have signed in."""
    # An earlier run may have had another issuer: its accounts are known by their ids.
    written = {"_id": {"$in": [account_key(subject) for subject in SUBJECTS]}}
    condition = {"$or": [{"issuer": issuer, "subject": {"$in": list(SUBJECTS)}}, written]}
    accounts = await bulk.values(database, ACCOUNTS, condition, "_id", "issuer", "subject")
    owners = {"accountId": {"$in": [account for account, _, _ in accounts]}}
    profile_of = {row[0]: row[1] for row in await bulk.values(database, USERS, owners, "accountId", "_id")}
    current = {subject: account for account, issued_by, subject in accounts if issued_by == issuer}
    profiles = {subject: profile_of[account] for subject, account in current.items() if account in profile_of}
    return Found(Keys(current, profiles), tuple(account for account, _, _ in accounts), tuple(profile_of.values()))


async def complete(database: Database, found: Found) -> bool:
    """Whether the demo person has conversations: they are written last."""
    profile = found.keys.profiles.get(DEMO)
    return profile is not None and bool(await bulk.tally(database, CONVERSATIONS, "userId", [profile]))


async def clear(database: Database, found: Found) -> frozenset[ObjectId]:
    """Remove all rows of the demo and of its people; the answer is the advisors that were on their boards."""
    profiles = list(found.profiles)
    boards = await bulk.values(database, SELECTIONS, {"userId": {"$in": profiles}}, "advisorId")
    for table in OF_PEOPLE:
        await bulk.remove(database, table, {"userId": {"$in": profiles}})
    advisors = [advisor_key(text["key"]) for text in texts.advisors()]
    await bulk.remove(database, ADVISORS, {"$or": [{"_id": {"$in": advisors}}, {"ownerId": {"$in": profiles}}]})
    teams = [team_key(team["slug"]) for team in texts.teams()]
    await bulk.remove(database, TEAM_TEMPLATES, {"_id": {"$in": teams}})
    await bulk.remove(database, USERS, {"_id": {"$in": profiles}})
    await bulk.remove(database, ACCOUNTS, {"_id": {"$in": list(found.accounts)}})
    return frozenset(advisor for (advisor,) in boards)
