"""The root fields of the AI-advisor chat."""

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

QUERIES: tuple[type, ...] = (
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

MUTATIONS: tuple[type, ...] = (
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

SUBSCRIPTIONS: tuple[type, ...] = (
    MarketplaceSubscriptions,
    SelectionSubscriptions,
    ConversationSubscriptions,
    MessageSubscriptions,
    TypingIndicatorSubscriptions,
    PresenceSubscriptions,
)
