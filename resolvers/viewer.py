"""Viewer: who asks, and with which profiles."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models.account.account import ACCOUNTS
from models.actor import ActorKind
from models.advisor.rules import PRODUCT
from models.advisor.user import USERS
from resolvers.account.account import Account
from resolvers.selection import Call
from resolvers.table import choice
from resolvers.verbs.relate import one
from resolvers.verbs.root import root

if TYPE_CHECKING:
    from resolvers.advisor.user import AdvisorUser

choice(
    ActorKind,
    "ActorKind",
    "How the caller was recognised.",
    ANONYMOUS="No credential was sent.",
    ACCOUNT="A person, by a token.",
    OPERATOR="A person that runs the platform.",
    SERVICE="A trusted program, by its key.",
    BUYER_SESSION="A buyer in the portal that an agent has opened.",
    SELLER_SESSION="A seller in the portal that an agent has opened.",
    BUYER_CHAT="A buyer in the chat that an agent has opened.",
)


@strawberry.type(description="Who asks.")
class Viewer:
    """A row of ids, made from the actor."""

    kind: ActorKind = strawberry.field(description="How the caller was recognised.")
    account: Account | None = one(ACCOUNTS, "account", "Your account; null for who has none.")
    advisorUser: Annotated["AdvisorUser", strawberry.lazy("resolvers.advisor.user")] | None = one(
        USERS, "advisorUser", "Your profile in the advisor chat; null until its first use."
    )


async def _viewer(call: Call) -> Any:
    actor = call.context.actor
    row = {"kind": actor.kind, "account": actor.account, "advisorUser": actor.profiles.get(PRODUCT)}
    await call.context.store.read.attend(call.below.picked.children(call), [row], actor)
    return row


@strawberry.type
class ViewerQueries:
    """The root field of the viewer."""

    viewer: Viewer = root(_viewer, "Who asks, and with which profiles.")
