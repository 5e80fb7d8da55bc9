"""Every table, every product's profile and every portal, in one place: what is opened, synced, examined and proven."""

from typing import Any

from models import account, advisor, buyer, estate, mail
from models.advisor.user import PROFILE as ADVISOR_PROFILE
from models.buyer.chat_session import PORTAL as BUYER_CHAT
from models.estate.agent import PROFILE as AGENT_PROFILE
from models.estate.buyer_session import PORTAL as BUYER_PORTAL
from models.estate.seller_session import PORTAL as SELLER_PORTAL
from models.principal import Portal, Profile
from models.table import Table

TABLES: tuple[Table[Any], ...] = (
    *account.TABLES,
    *advisor.TABLES,
    *estate.TABLES,
    *buyer.TABLES,
    *mail.TABLES,
)
PROFILES: tuple[Profile, ...] = (ADVISOR_PROFILE, AGENT_PROFILE)
PORTALS: tuple[Portal, ...] = (BUYER_PORTAL, SELLER_PORTAL, BUYER_CHAT)
