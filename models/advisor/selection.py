"""An advisor chosen for a person's board."""

from enum import StrEnum

from pydantic import Field

from models.advisor.rules import OWNER
from models.clock import now
from models.policy import Policy
from models.row import Id, Millis, Row
from models.table import Table, index, unique


class SelectionSource(StrEnum):
    """How the advisor came to the board."""

    MARKETPLACE = "marketplace"
    TEAM = "team"
    MIGRATION = "migration"
    CUSTOM = "custom"


class SelectionRow(Row):
    """`teamId` is the slug of a team template. `hidden` follows the advisor: an archived one leaves every board, and an
    inactive one stays on it, since it may come back.
    """

    userId: Id
    advisorId: Id
    selectedAt: Millis = Field(default_factory=now)
    source: SelectionSource = SelectionSource.MARKETPLACE
    teamId: str | None = Field(default=None, max_length=200)
    hidden: bool = False

    class Settings:
        name = "advisor_user_advisors"
        keep_nulls = False


SELECTIONS = Table(
    SelectionRow,
    type_name="AdvisorSelection",
    tag="aSel",
    noun="selection",
    policy=Policy(read=OWNER, create=OWNER, delete=OWNER),
    indexes=(
        index("by_user", "userId"),
        index("by_advisor", "advisorId"),
        unique("by_user_advisor", "userId", "advisorId"),
        index("by_team", "teamId"),
        index("by_source", "source"),
        index("by_selected_at", "selectedAt"),
        index("page_user_selected", "userId", "hidden", "-selectedAt", "-_id"),
    ),
    shard_key=("userId",),
    hidden=frozenset({"hidden"}),
    watched=True,
)
