"""Whoever takes mails to where they go: what the worker hands over, and how it fails."""

from typing import Protocol

from models.store.mails import Claimed


class Refused(Exception):
    """This mail is not taken, now or later; the message says why, without any of its text."""


class Failed(Exception):
    """The mail was not taken now; the message says why, without any of its text."""


class Delivery(Protocol):
    """Takes mails, one after the other."""

    async def deliver(self, claimed: Claimed, /) -> None:
        """Return once the mail is taken. Raises `Refused` or `Failed`."""
