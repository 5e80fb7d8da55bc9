"""Advisor: an AI advisor."""

import strawberry

from models.advisor.advisor import ADVISORS
from resolvers.table import Node, column, embedded, identity, node


@strawberry.type(description="Who the advisor plays.")
class AdvisorPersona:
    name: str = column("Name.")
    title: str | None = column("Title.")


@node(ADVISORS, "An AI advisor.")
class Advisor(Node):
    id: strawberry.ID = identity(ADVISORS)
    persona: AdvisorPersona = embedded("Who the advisor plays.")
