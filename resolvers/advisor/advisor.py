"""Advisor: an AI advisor, a person's own or one of the marketplace."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from models.advisor.advisor import ADVISORS, OWN, AdvisorRow, AdvisorStatus
from models.advisor.rules import PRODUCT
from models.advisor.user import USERS
from models.errors import Code, Refusal
from models.policy import Is
from models.validation import build
from resolvers.adjectives import BOOLEANS, TAGS, TEXTS, choices, orders, where
from resolvers.advisor.advisor_allowance import claim
from resolvers.advisor.advisor_input import AdvisorContentInput, AdvisorPersonaInput
from resolvers.advisor.persona import AdvisorLocalization, AdvisorMetadata, AdvisorPersona, AdvisorRoleDefinition
from resolvers.connection import Connection, Edge
from resolvers.listing import Listing
from resolvers.scalars import JSON, Timestamp
from resolvers.table import Node, choice, column, embedded, identity, node, reference, viewer_can
from resolvers.verbs.read import listed, one_by_id
from resolvers.verbs.relate import edge, one
from resolvers.verbs.write import Change, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.advisor.user import AdvisorUser
