"""Whoever judges an offer: what the worker gets from it."""

from dataclasses import dataclass
from typing import Protocol

from graphql_api.analysis.case import Case
from models.estate.offer import Analysis


@dataclass(frozen=True, slots=True)
class Opinion:
    """An analysis, the name of who made it, what it cost in tokens; `why` says for the log why no other made it."""

    analysis: Analysis
    by: str
    tokens: int = 0
    why: str = ""


class Analyst(Protocol):
    """Judges offers."""

    async def judge(self, case: Case, /) -> Opinion:
        """What there is to say of the offer."""
