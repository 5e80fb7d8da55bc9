"""The root fields of the real-estate platform."""

from resolvers.estate.agent import AgentMutations, AgentQueries, AgentSubscriptions
from resolvers.estate.agent_activate import AgentActivateMutations
from resolvers.estate.agent_interaction import AgentInteractionQueries, AgentInteractionSubscriptions
from resolvers.estate.agent_interaction_log import AgentInteractionLogMutations
from resolvers.estate.agent_invite import AgentInviteMutations, AgentInviteQueries
from resolvers.estate.agent_password import AgentPasswordMutations
from resolvers.estate.agent_sign_in import AgentSignInMutations
from resolvers.estate.agent_switch import AgentSwitchMutations
from resolvers.estate.audit_entry import AuditEntryQueries, AuditEntrySubscriptions
from resolvers.estate.buyer_engagement import BuyerEngagementQueries
from resolvers.estate.buyer_session import BuyerSessionMutations, BuyerSessionQueries, BuyerSessionSubscriptions
from resolvers.estate.buyer_session_code_rotate import BuyerSessionCodeRotateMutations
from resolvers.estate.buyer_session_erase import BuyerSessionEraseMutations
from resolvers.estate.buyer_session_preferences_set import BuyerSessionPreferencesSetMutations
from resolvers.estate.buyer_session_sign_in import BuyerSessionSignInMutations
from resolvers.estate.buyer_session_switch import BuyerSessionSwitchMutations
from resolvers.estate.listing import ListingMutations, ListingQueries
from resolvers.estate.listing_analytics import ListingAnalyticsQueries
from resolvers.estate.listing_changes import ListingSubscriptions
from resolvers.estate.listing_delete import ListingDeleteMutations
from resolvers.estate.listing_engagement import ListingEngagementQueries
from resolvers.estate.listing_enrichment_set import ListingEnrichmentMutations
from resolvers.estate.listing_status_change import ListingStatusMutations
from resolvers.estate.matching_listings import MatchingListingQueries
from resolvers.estate.offer import OfferQueries, OfferSubscriptions
from resolvers.estate.offer_accept import OfferAcceptMutations
from resolvers.estate.offer_analysis_set import OfferAnalysisSetMutations
from resolvers.estate.offer_counter import OfferCounterMutations
from resolvers.estate.offer_create import OfferCreateMutations
from resolvers.estate.offer_expire import OfferExpireMutations
from resolvers.estate.offer_reject import OfferRejectMutations
from resolvers.estate.offer_withdraw import OfferWithdrawMutations
from resolvers.estate.property_view import PropertyViewQueries, PropertyViewSubscriptions
from resolvers.estate.property_view_track import PropertyViewTrackMutations
from resolvers.estate.saved_search import SavedSearchMutations, SavedSearchQueries, SavedSearchSubscriptions
from resolvers.estate.saved_search_delete import SavedSearchDeleteMutations
from resolvers.estate.saved_search_match import SavedSearchMatchQueries, SavedSearchMatchSubscriptions
from resolvers.estate.saved_search_run import SavedSearchRunMutations, SavedSearchRunQueries
from resolvers.estate.seller_dashboard import SellerDashboardQueries
from resolvers.estate.seller_session import SellerSessionMutations, SellerSessionQueries, SellerSessionSubscriptions
from resolvers.estate.seller_session_code_rotate import SellerSessionCodeRotateMutations
from resolvers.estate.seller_session_sign_in import SellerSessionSignInMutations
from resolvers.estate.seller_session_switch import SellerSessionSwitchMutations

QUERIES: tuple[type, ...] = (
    AgentQueries,
    AgentInviteQueries,
    AuditEntryQueries,
    ListingQueries,
    MatchingListingQueries,
    BuyerSessionQueries,
    SellerSessionQueries,
    OfferQueries,
    PropertyViewQueries,
    ListingAnalyticsQueries,
    ListingEngagementQueries,
    SellerDashboardQueries,
    BuyerEngagementQueries,
    AgentInteractionQueries,
    SavedSearchQueries,
    SavedSearchRunQueries,
    SavedSearchMatchQueries,
)

MUTATIONS: tuple[type, ...] = (
    AgentMutations,
    AgentInviteMutations,
    AgentActivateMutations,
    AgentSignInMutations,
    AgentPasswordMutations,
    AgentSwitchMutations,
    ListingMutations,
    ListingStatusMutations,
    ListingDeleteMutations,
    ListingEnrichmentMutations,
    BuyerSessionMutations,
    BuyerSessionPreferencesSetMutations,
    BuyerSessionCodeRotateMutations,
    BuyerSessionSwitchMutations,
    BuyerSessionSignInMutations,
    BuyerSessionEraseMutations,
    SellerSessionMutations,
    SellerSessionCodeRotateMutations,
    SellerSessionSwitchMutations,
    SellerSessionSignInMutations,
    OfferCreateMutations,
    OfferCounterMutations,
    OfferAcceptMutations,
    OfferRejectMutations,
    OfferWithdrawMutations,
    OfferAnalysisSetMutations,
    OfferExpireMutations,
    PropertyViewTrackMutations,
    AgentInteractionLogMutations,
    SavedSearchMutations,
    SavedSearchDeleteMutations,
    SavedSearchRunMutations,
)

SUBSCRIPTIONS: tuple[type, ...] = (
    AgentSubscriptions,
    AuditEntrySubscriptions,
    ListingSubscriptions,
    BuyerSessionSubscriptions,
    SellerSessionSubscriptions,
    OfferSubscriptions,
    PropertyViewSubscriptions,
    AgentInteractionSubscriptions,
    SavedSearchSubscriptions,
    SavedSearchMatchSubscriptions,
)
