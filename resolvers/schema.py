"""The schema, put together from every product's fields."""

import warnings
from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from resolvers.advisor.advisor import AdvisorMutations, AdvisorQueries
from resolvers.advisor.advisor_activate import AdvisorActivateMutations
from resolvers.advisor.advisor_archive import AdvisorArchiveMutations
from resolvers.advisor.advisor_import import AdvisorImportMutations
from resolvers.advisor.advisor_publish import AdvisorPublishMutations
from resolvers.advisor.conversation import ConversationMutations, ConversationQueries, ConversationSubscriptions
from resolvers.advisor.conversation_active_advisor_set import ConversationActiveAdvisorMutations
from resolvers.advisor.conversation_delete import ConversationDeleteMutations
from resolvers.advisor.marketplace import MarketplaceQueries, MarketplaceSubscriptions
from resolvers.advisor.memory import MemoryMutations, MemoryQueries
from resolvers.advisor.message import MessageMutations, MessageQueries, MessageSubscriptions
from resolvers.advisor.message_append import MessageAppendMutations
from resolvers.advisor.message_claim import MessageClaimMutations
from resolvers.advisor.message_finish import MessageFinishMutations
from resolvers.advisor.message_regenerate import MessageRegenerateMutations
from resolvers.advisor.message_send import MessageSendMutations
from resolvers.advisor.presence import PresenceMutations, PresenceQueries, PresenceSubscriptions
from resolvers.advisor.selection import SelectionMutations, SelectionQueries, SelectionSubscriptions
from resolvers.advisor.team_template import TeamTemplateMutations, TeamTemplateQueries
from resolvers.advisor.team_template_select import TeamTemplateSelectMutations
from resolvers.advisor.thread_summary import ThreadSummaryMutations, ThreadSummaryQueries
from resolvers.advisor.typing_indicator import TypingIndicatorMutations, TypingIndicatorSubscriptions
from resolvers.advisor.usage import UsageQueries
from resolvers.advisor.user import UserMutations, UserQueries
from resolvers.advisor.user_delete import UserDeleteMutations
from resolvers.node import NodeQueries
from resolvers.scalars import SCALARS
from resolvers.table import NODES, read
from resolvers.viewer import ViewerQueries


def build_schema() -> strawberry.Schema:
    """Every root field once: two of the same name are an error. One schema a process, since fields remember theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        query: Any = merge_types("Query", _queries())
        mutation: Any = merge_types("Mutation", _mutations())
        subscription: Any = merge_types("Subscription", _subscriptions())
    config = StrawberryConfig(auto_camel_case=False, default_resolver=read, scalar_map=SCALARS, sort_schema=True)
    nodes = [kind for _, kind in NODES.values()]
    return strawberry.Schema(query, mutation, subscription, types=nodes, config=config)


def _queries() -> tuple[type, ...]:
    return (
        NodeQueries,
        ViewerQueries,
        AdvisorQueries,
        MarketplaceQueries,
        SelectionQueries,
        TeamTemplateQueries,
        ConversationQueries,
        MessageQueries,
        MemoryQueries,
        ThreadSummaryQueries,
        PresenceQueries,
        UsageQueries,
        UserQueries,
    )


def _mutations() -> tuple[type, ...]:
    return (
        AdvisorMutations,
        AdvisorActivateMutations,
        AdvisorArchiveMutations,
        AdvisorImportMutations,
        AdvisorPublishMutations,
        SelectionMutations,
        TeamTemplateMutations,
        TeamTemplateSelectMutations,
        ConversationMutations,
        ConversationActiveAdvisorMutations,
        ConversationDeleteMutations,
        MessageMutations,
        MessageSendMutations,
        MessageClaimMutations,
        MessageAppendMutations,
        MessageFinishMutations,
        MessageRegenerateMutations,
        MemoryMutations,
        ThreadSummaryMutations,
        TypingIndicatorMutations,
        PresenceMutations,
        UserMutations,
        UserDeleteMutations,
    )


def _subscriptions() -> tuple[type, ...]:
    return (
        MarketplaceSubscriptions,
        SelectionSubscriptions,
        ConversationSubscriptions,
        MessageSubscriptions,
        TypingIndicatorSubscriptions,
        PresenceSubscriptions,
    )
