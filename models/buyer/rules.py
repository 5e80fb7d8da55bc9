"""The rules that several tables of the buyer chat share."""

from models.callers import ANSWERING
from models.estate.rules import ANALYSIS, CHAT_PROFILE, OWN_AGENT, SEARCH
from models.policy import Owner

OWN_PROFILE = Owner("rootProfileId", CHAT_PROFILE, "own chat's buyer")
"""A chat knows its buyer by the first version of the profile, so that it also sees what is about a later one."""

SERVICES = ANSWERING | ANALYSIS | SEARCH

STUDIED = OWN_AGENT | ANALYSIS | ANSWERING
"""What the services have found out about a buyer: for the agent, for them, and never for the buyer."""
