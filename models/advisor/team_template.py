"""A team of advisors that is chosen in one step."""

from typing import Annotated

from pydantic import Field, StringConstraints

from models.advisor.persona import Long, Short
from models.policy import ANYONE, OPERATOR, Policy
from models.row import Id, Row
from models.table import Table, index, unique
from models.texts import Link, Name

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]


class TeamTemplateRow(Row):
    """The contract's readable `id` is stored and shown as `slug`: `id` is the document's own."""

    slug: Slug
    name: Name
    description: Long
    category: Short
    advisorIds: Annotated[list[Id], Field(max_length=50)] = Field(default_factory=list)
    icon: Link | None = None
    featured: bool = False
    sortOrder: int = Field(default=0, ge=-1_000_000, le=1_000_000)

    class Settings:
        name = "advisor_team_templates"
        keep_nulls = False


TEAM_TEMPLATES = Table(
    TeamTemplateRow,
    type_name="AdvisorTeamTemplate",
    tag="aTea",
    noun="team template",
    policy=Policy(read=ANYONE, create=OPERATOR, update=OPERATOR, delete=OPERATOR),
    indexes=(
        index("by_category", "category"),
        index("by_featured", "featured"),
        index("by_sort_order", "sortOrder"),
        index("by_featured_sort", "featured", "sortOrder"),
        index("by_category_sort", "category", "sortOrder"),
        unique("by_slug", "slug"),
        index("page_sort_name", "sortOrder", "name", "_id"),
        index("page_name", "name", "_id"),
    ),
    shard_key=("_id",),
)
