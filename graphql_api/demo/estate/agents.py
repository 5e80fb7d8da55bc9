"""The agents of the demo: three with a name of their own, and as many colleagues as the scale says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.doors import Doors, invite_code
from graphql_api.demo.scale import MOST_COLLEAGUES
from models.account.account import AccountRow
from models.estate.agent import AgentRow
from models.estate.agent_credential import AgentCredentialRow
from models.estate.audit_entry import KEPT_DAYS, AuditEntryRow, AuditEvent
from models.principal import OWN_ISSUER

REGIONS = ("west", "south", "north")
JOINED_DAYS_AGO = 240

PROVIDED = (AuditEvent.SWITCHED_OFF, AuditEvent.SWITCHED_ON)
SIGNING_IN = (
    *(AuditEvent.INVITED, AuditEvent.ACTIVATED, AuditEvent.SIGNED_IN, AuditEvent.SIGNED_OUT, AuditEvent.SIGN_IN_FAILED),
    *(AuditEvent.SIGNED_IN, AuditEvent.PASSWORD_CHANGED, AuditEvent.SIGNED_IN, AuditEvent.SIGN_IN_FAILED),
    *(AuditEvent.RESET_REQUESTED, AuditEvent.PASSWORD_RESET, AuditEvent.SIGNED_IN),
)
"""What has happened to an agent's access, oldest first: to one of the identity provider, and to one with a password."""


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent of the demo; `key` is the subject at the identity provider of who is `provided` by it."""

    key: str
    first: str
    last: str
    agency: str
    license: str
    phone: str
    bio: str
    region: str
    provided: bool
    id: ObjectId
    account: ObjectId

    @property
    def digits(self) -> int:
        """Where the MLS numbers of the agent's listings begin."""
        return keys.chance("mls", self.key).randrange(10_000_000, 90_000_000)

    @property
    def email(self) -> str:
        """The address by which the agent signs in."""
        return f"{self.key}@example.com"

    def identity(self, issuer: str) -> dict[str, str]:
        """Who gives the account its name, and which."""
        return {"issuer": issuer, "subject": self.key} if self.provided else _own(self.id)


def _own(agent: ObjectId) -> dict[str, str]:
    return {"issuer": OWN_ISSUER, "subject": str(agent)}


def agent_key(name: str) -> ObjectId:
    """The id of the agent of that name, unless the agent was there before."""
    return keys.fixed("estate agent", name)


def account_key(name: str) -> ObjectId:
    """The id of the agent's account, unless it was there before."""
    return keys.fixed("estate account", name)


def agents(colleagues: int, accounts: dict[str, ObjectId]) -> Iterator[Agent]:
    """The three, then the colleagues; `accounts` are those that people of the identity provider have already."""
    for place, text in enumerate(texts.agents()):
        values = {**text, "provided": place == 0, "id": agent_key(text["key"])}
        yield Agent(**values, account=accounts.get(text["key"]) or account_key(text["key"]))
    for place in range(colleagues):
        yield _colleague(place, accounts)


def subjects() -> list[str]:
    """Everybody of any size whom the identity provider knows."""
    return [next(agents(0, {})).key, *(f"demo-agent-{place:03}" for place in range(MOST_COLLEAGUES))]


def names() -> list[str]:
    """The keys of everybody of any size."""
    return [agent.key for agent in agents(MOST_COLLEAGUES, {})]


def _colleague(place: int, accounts: dict[str, ObjectId]) -> Agent:
    key, chance = f"demo-agent-{place:03}", keys.chance("colleague", str(place))
    first, last = chance.choice(texts.clients()["firsts"]), chance.choice(texts.clients()["lasts"])
    return Agent(
        key=key,
        first=first,
        last=last,
        agency=f"{last} Homes",
        license=f"US-{chance.randrange(10**8):08}",
        phone=f"+1 {chance.randint(201, 989)} 555 {chance.randint(100, 199):04}",
        bio=f"{first} has sold homes for {chance.randint(2, 25)} years.",
        region=REGIONS[place % len(REGIONS)],
        provided=True,
        id=agent_key(key),
        account=accounts.get(key) or account_key(key),
    )


def account_row(agent: Agent, issuer: str, now: int) -> AccountRow:
    """The agent's account as of `now` (Unix milliseconds)."""
    made = now - JOINED_DAYS_AGO * DAY
    return AccountRow(
        id=agent.account,
        **agent.identity(issuer),
        email=agent.email,
        emailVerified=agent.provided,
        displayName=f"{agent.first} {agent.last}",
        createdAt=made,
        updatedAt=made,
    )


def agent_row(agent: Agent, doors: Doors, now: int) -> AgentRow:
    """The agent, switched on."""
    made = now - JOINED_DAYS_AGO * DAY
    return AgentRow(
        id=agent.id,
        accountId=agent.account,
        firstName=agent.first,
        lastName=agent.last,
        agencyName=agent.agency,
        licenseNumber=agent.license,
        licenseVerified=True,
        inviteCode=invite_code(agent.key),
        phone=agent.phone,
        email=agent.email,
        emailKey=agent.email.lower(),
        bio=agent.bio,
        profileImage=f"https://images.example.com/agents/{agent.key}.jpg",
        isActivated=not agent.provided and doors.known,
        createdAt=made,
        updatedAt=made,
    )


def credential_row(agent: Agent, doors: Doors, now: int) -> AgentCredentialRow:
    """How an agent signs in who is not provided."""
    made = now - JOINED_DAYS_AGO * DAY
    found = doors.password_hash(agent.key)
    return AgentCredentialRow(
        id=keys.fixed("estate credential", agent.key),
        agentId=agent.id,
        accountId=agent.account,
        passwordHash=found,
        passwordChangedAt=made if found else None,
        createdAt=made,
        updatedAt=made,
    )


def audit_rows(agent: Agent, doors: Doors, now: int) -> Iterator[AuditEntryRow]:
    """What has happened to the agent's access, spread over the time since the agent is there."""
    chance = keys.chance("audit", agent.key)
    events = PROVIDED if agent.provided else SIGNING_IN if doors.known else SIGNING_IN[:1]
    for place, event in enumerate(events):
        at = now - JOINED_DAYS_AGO * DAY * (len(events) - place) // len(events) + chance.randrange(DAY)
        yield AuditEntryRow(
            id=keys.dated(at, chance),
            agentId=agent.id,
            event=event,
            address=f"192.0.2.{chance.randint(1, 254)}",
            expiresAt=datetime.fromtimestamp(at // 1000, UTC) + timedelta(days=KEPT_DAYS),
            createdAt=at,
            updatedAt=at,
        )
