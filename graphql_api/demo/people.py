"""The people of the demo: the demo person, an operator, a guest and visitors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY, advisor_key
from models.account.account import AccountRow
from models.advisor.presence import PresenceRow
from models.advisor.selection import SelectionRow, SelectionSource
from models.advisor.user import UserPlan, UserRow, first_use
from models.principal import Identity

DEMO, OPERATOR, GUEST = "demo", "operator", "guest"
MOST_VISITORS = 40
SUBJECTS = (DEMO, OPERATOR, GUEST, *(f"demo-visitor-{place:03}" for place in range(MOST_VISITORS)))
"""Everybody whom any size of the demo has."""

JOINED_DAYS_AGO = 200
SECONDS_SINCE_SEEN = 40
FIRST = ("Alba", "Bruno", "Carla", "Dmitri", "Esther", "Farid", "Gloria", "Hugo", "Imani", "Jae")
LAST = ("Keller", "Lopes", "Mensah", "Novak", "Osei", "Park", "Quist", "Rossi", "Silva", "Tanaka")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demo. `board` holds the advisors by the names of the texts, `team` the slug of a chosen team."""

    subject: str
    name: str
    plan: UserPlan = UserPlan.FREE
    board: tuple[str, ...] = ()
    team: str | None = None

    @property
    def private(self) -> tuple[str, ...]:
        """The person's private advisors that are not archived."""
        return tuple(text["key"] for text in self._own() if not text.get("archived"))

    @property
    def archived(self) -> tuple[str, ...]:
        """The person's archived advisors: still on the board, and hidden there."""
        return tuple(text["key"] for text in self._own() if text.get("archived"))

    def _own(self) -> Iterator[Mapping[str, Any]]:
        return (text for text in texts.advisors() if text.get("owner") == self.subject)


def account_key(subject: str) -> ObjectId:
    """The id of the account of a person who has not signed in before."""
    return keys.fixed("account", subject)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where people are stored, by subject: who has signed in before keeps the ids, all others get fixed ones."""

    accounts: Mapping[str, ObjectId]
    profiles: Mapping[str, ObjectId]

    def account(self, subject: str) -> ObjectId:
        """The id of the account."""
        return self.accounts.get(subject) or account_key(subject)

    def profile(self, subject: str) -> ObjectId:
        """The id of the profile in the advisor chat."""
        return self.profiles.get(subject) or keys.fixed("profile", subject)


def people(visitors: int) -> tuple[Person, ...]:
    """Everybody with a profile, the demo person last: whose conversations are there, all are."""
    board = (
        *("maya-lindqvist", "amara-diallo", "chloe-bennett", "grace-achieng", "theo-okafor", "priya-raman"),
        *("elena-petrova", "ingrid-solberg", "oluwaseun-grant", "demo-shop-mentor"),
    )
    return (
        *_visitors(visitors),
        Person(GUEST, "Guest Person", board=("maya-lindqvist", "chloe-bennett", "oluwaseun-grant")),
        Person(DEMO, "Demo Person", UserPlan.PRO, board, team="startup-founders"),
    )


def _visitors(number: int) -> Iterator[Person]:
    talkative = sorted({topic.advisor for topic in texts.topics()} & {t["key"] for t in _marketplace()})
    quiet = sorted({text["key"] for text in _marketplace()} - set(talkative))
    for place in range(number):
        chance = keys.chance("visitor", str(place))
        board = (*chance.sample(talkative, chance.randint(2, 4)), *chance.sample(quiet, chance.randint(0, 3)))
        name = f"{FIRST[place % len(FIRST)]} {LAST[(place * 3 + place // len(FIRST)) % len(LAST)]}"
        yield Person(f"demo-visitor-{place:03}", name, chance.choice(tuple(UserPlan)), board)


def _marketplace() -> list[Mapping[str, str]]:
    return [text for text in texts.advisors() if "owner" not in text]


def account_rows(everybody: tuple[Person, ...], ids: Keys, issuer: str, now: int) -> list[AccountRow]:
    """An account for each, and that of the operator, as of `now` (Unix milliseconds)."""
    return [
        AccountRow(
            id=ids.account(person.subject),
            issuer=issuer,
            subject=person.subject,
            email=_email(person),
            emailVerified=True,
            displayName=person.name,
            platformRoles=["operator"] if person.subject == OPERATOR else [],
            lastLoginAt=now - DAY,
            createdAt=now - JOINED_DAYS_AGO * DAY,
            updatedAt=now - DAY,
        )
        for person in (Person(OPERATOR, "Olive Operator"), *everybody)
    ]


def user_row(person: Person, ids: Keys, issuer: str, now: int, met: list[ObjectId]) -> UserRow:
    """The profile of a person whom the `met` advisors have answered."""
    identity = Identity(issuer, person.subject, email=_email(person), emailVerified=True, name=person.name)
    made = first_use(ids.account(person.subject), identity)
    values = {
        "id": ids.profile(person.subject),
        "plan": person.plan,
        "privateAdvisorCount": len(person.private),
        "metAdvisorIds": met,
        "createdAt": now - JOINED_DAYS_AGO * DAY,
        "updatedAt": now - JOINED_DAYS_AGO * DAY,
    }
    return UserRow(**{**made.model_dump(exclude={"id"}, exclude_none=True), **values})


def selection_rows(person: Person, ids: Keys, now: int) -> list[SelectionRow]:
    """The person's board."""
    team = {key for found in texts.teams() if found["slug"] == person.team for key in found["advisors"]}
    rows = []
    for place, key in enumerate((*person.board, *person.archived)):
        source = SelectionSource.TEAM if key in team else SelectionSource.MARKETPLACE
        own = key in person.private or key in person.archived
        chosen = now - (JOINED_DAYS_AGO - 1 - place) * DAY
        rows.append(
            SelectionRow(
                id=keys.fixed("selection", person.subject, key),
                userId=ids.profile(person.subject),
                advisorId=advisor_key(key),
                selectedAt=chosen,
                source=SelectionSource.CUSTOM if own else source,
                teamId=person.team if key in team else None,
                hidden=key in person.archived,
                createdAt=chosen,
                updatedAt=chosen,
            )
        )
    return rows


def presence_row(person: Person, ids: Keys, now: int, conversation: ObjectId | None) -> PresenceRow:
    """The demo person is online in its newest conversation, everybody else was there yesterday."""
    online = person.subject == DEMO
    seen = now - (SECONDS_SINCE_SEEN * 1000 if online else DAY)
    return PresenceRow(
        id=keys.fixed("presence", person.subject),
        userId=ids.profile(person.subject),
        isOnline=online,
        lastSeenAt=seen,
        currentConversationId=conversation if online else None,
        createdAt=now - JOINED_DAYS_AGO * DAY,
        updatedAt=seen,
    )


def _email(person: Person) -> str:
    return f"{person.subject}@example.com"
