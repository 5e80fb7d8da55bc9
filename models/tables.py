"""Every table and every product's profile, in one place: what is opened, synced, examined and proven."""

from typing import Any

from models import account, advisor
from models.advisor.user import PROFILE as ADVISOR_PROFILE
from models.principal import Profile
from models.table import Table

TABLES: tuple[Table[Any], ...] = (*account.TABLES, *advisor.TABLES)
PROFILES: tuple[Profile, ...] = (ADVISOR_PROFILE,)
