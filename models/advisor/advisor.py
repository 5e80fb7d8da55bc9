"""An AI advisor: its persona and its entry in the marketplace."""

from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from models.advisor.persona import Line, Localization, Metadata, Persona, RoleDefinition, Short, Tag
from models.advisor.rules import PRODUCT
from models.advisor.user import UserPlan
from models.callers import ANSWERING
from models.policy import OPERATOR, Granted, Is, Owner, Policy
from models.row import Id, Millis, Row
from models.table import Index, Table, index
from models.texts import Link


class AdvisorStatus(StrEnum):
    """active ⇄ inactive → archived."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ARCHIVED = "archived"


PRIVATE_ADVISORS = MappingProxyType({UserPlan.FREE: 3, UserPlan.PRO: 25, UserPlan.ENTERPRISE: None})
"""Own advisors that a plan allows: archived ones do not count, published ones do; None is without limit."""


def _something(value: Any) -> Any:
    if value is None:
        raise ValueError("must not be null")
    return value


Component = Annotated[Any, AfterValidator(_something)]


class AdvisorRow(Row):
    """`selectionCount` is the number of the advisor's selections, hidden ones counted, kept by the writes of those."""

    firstName: Short | None = None
    lastName: Short | None = None
    imageUrl: Link | None = None
    schemaVersion: Short = "1.0"
    status: AdvisorStatus = AdvisorStatus.ACTIVE
    ownerId: Id | None = None
    isPublic: bool = False
    featured: bool = False
    category: Short | None = None
    persona: Persona
    roleDefinition: RoleDefinition | None = None
    components: Annotated[list[Component], Field(max_length=200)] | None = None
    metadata: Metadata | None = None
    localization: Localization | None = None
    modelHint: Line | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=list)
    deletedAt: Millis | None = None
    selectionCount: int = Field(default=0, ge=0)

    class Settings:
        name = "advisor_advisors"
        keep_nulls = False


OWN = Owner("ownerId", PRODUCT)
KEEPERS = OWN | OPERATOR | ANSWERING
LISTED = Is("isPublic", (True,)) & Is("status", (AdvisorStatus.ACTIVE.value,))
WHOLE = LISTED | KEEPERS
PUBLISH = OPERATOR
"""Who decides on `isPublic` and `featured`."""
MET = Granted("_id", "advisor.met", "whoever it has answered")

PROMPT_MATERIAL = ("roleDefinition", "components", "modelHint", "metadata.owner", "ownerId")
BEYOND_NAME_AND_IMAGE = (
    *("schemaVersion", "isPublic", "featured", "category", "metadata", "localization", "tags", "deletedAt"),
    "selectionCount",
    *(f"persona.{name}" for name in Persona.model_fields if name not in {"name", "image"}),
)

ADVISORS = Table(
    AdvisorRow,
    type_name="Advisor",
    tag="aAdv",
    noun="advisor",
    policy=Policy(
        read=WHOLE | MET,
        create=(OWN & Is("isPublic", (False,)) & Is("featured", (False,))) | OPERATOR,
        update=OWN | OPERATOR,
        private={
            **dict.fromkeys(BEYOND_NAME_AND_IMAGE, WHOLE),
            **dict.fromkeys(PROMPT_MATERIAL, KEEPERS),
        },
    ),
    indexes=(
        index("by_status", "status"),
        index("by_tags", "tags"),
        index("by_created_at", "createdAt"),
        index("by_schema_version", "schemaVersion"),
        index("by_persona_name", "persona.name"),
        index("by_owner", "ownerId"),
        index("by_public", "isPublic"),
        index("by_featured", "featured"),
        index("by_category", "category"),
        index("by_public_featured", "isPublic", "featured"),
        index("by_public_category", "isPublic", "category"),
        # The filter columns follow the text: in front of it they would have to be given in every search.
        Index(
            "search_advisors",
            (
                *("persona.name:text", "persona.title:text", "persona.description:text", "tags:text"),
                *("isPublic", "status", "category"),
            ),
        ),
        index("by_public_status_created", "isPublic", "status", "-createdAt"),
        index("page_public_status_created", "isPublic", "status", "-createdAt", "-_id"),
        index("page_public_status_category_created", "isPublic", "status", "category", "-createdAt", "-_id"),
        index("page_public_status_category_name", "isPublic", "status", "category", "persona.name", "_id"),
        index("page_public_status_category_selections", "isPublic", "status", "category", "-selectionCount", "-_id"),
        index("page_public_status_featured_created", "isPublic", "status", "featured", "-createdAt", "-_id"),
        index("page_public_status_name", "isPublic", "status", "persona.name", "_id"),
        index("page_public_status_selections", "isPublic", "status", "-selectionCount", "-_id"),
        index("page_owner_created", "ownerId", "-createdAt", "-_id"),
        index("page_owner_name", "ownerId", "persona.name", "_id"),
    ),
    shard_key=("_id",),
    watched=True,
    kept=True,
)
