"""Search criteria that a buyer keeps, with word of new listings that meet them."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from models.estate.criteria import Criteria
from models.estate.rules import OWN_AGENT, OWN_BUYER, PORTAL_AGENT, WORKING_AGENT
from models.estate.texts import folded
from models.policy import Owner, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index
from models.texts import Name


class SavedSearchRow(Row):
    """`lastRun` is in Unix milliseconds. `agentId` is the portal's agent, copied for the rule.

    `cityKeys` and `featureKeys` are the cities and features of the criteria as they are compared, empty where all will
    do: by them the searches are found that a new listing may meet.
    """

    buyerSessionId: Id
    searchName: Name
    criteria: Criteria
    notificationsEnabled: bool
    lastRun: Millis | None = None
    agentId: Id
    cityKeys: list[str] = Field(default_factory=list[str])
    featureKeys: list[str] = Field(default_factory=list[str])

    class Settings:
        name = "estate_saved_searches"
        keep_nulls = False

    @model_validator(mode="after")
    def _derive(self) -> Self:
        self.cityKeys = folded(self.criteria.cities)
        self.featureKeys = folded(self.criteria.features)
        return self


def derived(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What changes with these columns of a saved search, given as plain data, to be written in the same statement."""
    criteria = changes.get("criteria")
    if criteria is None:
        return {}
    return {
        f"{one}Keys": folded(criteria.get(many) or []) for one, many in (("city", "cities"), ("feature", "features"))
    }


KEEPERS = OWN_BUYER | WORKING_AGENT

BY_NOTIFY_CITY = "byNotifyCity"
"""The index by which the searches are found that a listing may meet."""

SAVED_SEARCHES = Table(
    SavedSearchRow,
    type_name="EstateSavedSearch",
    tag="eSav",
    noun="saved search",
    policy=Policy(
        read=OWN_BUYER | OWN_AGENT,
        create=(OWN_BUYER & Owner("agentId", PORTAL_AGENT, "the portal's own agent")) | WORKING_AGENT,
        update=KEEPERS,
        delete=KEEPERS,
    ),
    indexes=(
        index("byBuyerSessionId", "buyerSessionId"),
        index("byNotifyLastRun", "notificationsEnabled", "lastRun"),
        # With the id, by which a listing's searches are gone through in batches, and whatever rules most of them out.
        Index(
            BY_NOTIFY_CITY,
            ("notificationsEnabled", "cityKeys", "_id"),
            covered=("criteria.minPrice", "criteria.maxPrice", "criteria.bedrooms", "criteria.bathrooms"),
        ),
        Index("page_buyer_created", ("buyerSessionId", "-createdAt", "-_id"), covered=("agentId",)),
        Index("page_buyer_name", ("buyerSessionId", "searchName", "_id"), covered=("agentId",)),
        Index("page_agent_created", ("agentId", "-createdAt", "-_id"), covered=("buyerSessionId",)),
        index("page_notify_last_run", "notificationsEnabled", "lastRun", "_id"),
    ),
    shard_key=("buyerSessionId",),
    hidden=frozenset({"cityKeys", "featureKeys"}),
    watched=True,
)
