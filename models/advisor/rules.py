"""The rules that several tables of the advisor chat share."""

from models.policy import Owner

PRODUCT = "advisor"

OWNER = Owner("userId", PRODUCT)
"""Every row below a conversation carries its owner's id, so that no rule has to look at the conversation."""
