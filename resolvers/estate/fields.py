"""The root fields of the real-estate platform."""

from resolvers.estate.agent import AgentMutations, AgentQueries, AgentSubscriptions
from resolvers.estate.agent_activate import AgentActivateMutations
from resolvers.estate.agent_invite import AgentInviteMutations, AgentInviteQueries
from resolvers.estate.agent_password import AgentPasswordMutations
from resolvers.estate.agent_sign_in import AgentSignInMutations
from resolvers.estate.audit_entry import AuditEntryQueries, AuditEntrySubscriptions

QUERIES: tuple[type, ...] = (
    AgentQueries,
    AgentInviteQueries,
    AuditEntryQueries,
)

MUTATIONS: tuple[type, ...] = (
    AgentMutations,
    AgentInviteMutations,
    AgentActivateMutations,
    AgentSignInMutations,
    AgentPasswordMutations,
)

SUBSCRIPTIONS: tuple[type, ...] = (
    AgentSubscriptions,
    AuditEntrySubscriptions,
)
