"""The rules that several tables of the advisor chat share."""

from models.callers import NamedService
from models.policy import Owner

PRODUCT = "advisor"

OWNER = Owner("userId", PRODUCT)
"""Every row below a conversation carries its owner's id, so that no rule has to look at the conversation."""

BILLING = NamedService("billing")
"""Learns from the payment provider who has paid for what."""
