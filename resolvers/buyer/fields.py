"""The root fields of the home-buyer chat."""

from resolvers.buyer.chat_agent_insight import (
    ChatAgentInsightMutations,
    ChatAgentInsightQueries,
    ChatAgentInsightSubscriptions,
)
from resolvers.buyer.chat_agent_insight_status import ChatAgentInsightStatusMutations
from resolvers.buyer.chat_daily_stats import ChatDailyStatsQueries
from resolvers.buyer.chat_message import ChatMessageQueries, ChatMessageSubscriptions
from resolvers.buyer.chat_message_answer import ChatMessageAnswerMutations
from resolvers.buyer.chat_message_append import ChatMessageAppendMutations
from resolvers.buyer.chat_message_claim import ChatMessageClaimMutations
from resolvers.buyer.chat_message_send import ChatMessageSendMutations
from resolvers.buyer.chat_preview import ChatPreviewQueries
from resolvers.buyer.chat_search_context import (
    ChatSearchContextMutations,
    ChatSearchContextQueries,
    ChatSearchContextSubscriptions,
)
from resolvers.buyer.chat_session import ChatSessionQueries, ChatSessionSubscriptions
from resolvers.buyer.chat_session_create import ChatSessionCreateMutations
from resolvers.buyer.chat_session_sign_in import ChatSessionSignInMutations
from resolvers.buyer.chat_session_status import ChatSessionStatusMutations
from resolvers.buyer.preference_summary import PreferenceSummaryQueries
from resolvers.buyer.profile import ProfileQueries, ProfileSubscriptions
from resolvers.buyer.profile_delete import ProfileDeleteMutations
from resolvers.buyer.profile_extract import ProfileExtractMutations
from resolvers.buyer.profile_write import ProfileWriteMutations
from resolvers.buyer.property_interaction import (
    PropertyInteractionMutations,
    PropertyInteractionQueries,
    PropertyInteractionSubscriptions,
)
from resolvers.buyer.property_note import PropertyNoteMutations, PropertyNoteQueries, PropertyNoteSubscriptions
from resolvers.buyer.repliers_listing import RepliersListingQueries, RepliersListingSubscriptions
from resolvers.buyer.repliers_listing_upsert import RepliersListingUpsertMutations
from resolvers.buyer.search_run import SearchRunMutations
from resolvers.buyer.search_transaction import SearchTransactionQueries, SearchTransactionSubscriptions
from resolvers.buyer.search_transaction_record import SearchTransactionRecordMutations

QUERIES: tuple[type, ...] = (
    ProfileQueries,
    SearchTransactionQueries,
    RepliersListingQueries,
    PreferenceSummaryQueries,
    ChatSessionQueries,
    ChatPreviewQueries,
    ChatDailyStatsQueries,
    ChatMessageQueries,
    ChatAgentInsightQueries,
    ChatSearchContextQueries,
    PropertyNoteQueries,
    PropertyInteractionQueries,
)

MUTATIONS: tuple[type, ...] = (
    ProfileWriteMutations,
    ProfileDeleteMutations,
    ProfileExtractMutations,
    SearchRunMutations,
    SearchTransactionRecordMutations,
    RepliersListingUpsertMutations,
    ChatSessionCreateMutations,
    ChatSessionStatusMutations,
    ChatSessionSignInMutations,
    ChatMessageSendMutations,
    ChatMessageClaimMutations,
    ChatMessageAppendMutations,
    ChatMessageAnswerMutations,
    ChatAgentInsightMutations,
    ChatAgentInsightStatusMutations,
    ChatSearchContextMutations,
    PropertyNoteMutations,
    PropertyInteractionMutations,
)

SUBSCRIPTIONS: tuple[type, ...] = (
    ProfileSubscriptions,
    SearchTransactionSubscriptions,
    RepliersListingSubscriptions,
    ChatSessionSubscriptions,
    ChatMessageSubscriptions,
    ChatAgentInsightSubscriptions,
    ChatSearchContextSubscriptions,
    PropertyNoteSubscriptions,
    PropertyInteractionSubscriptions,
)
