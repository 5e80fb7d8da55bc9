"""Texts that several tables of the platform hold, and the form in which they are compared."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from models.texts import is_readable

DESCRIPTION_CHARACTERS = 20_000
TALK_CHARACTERS = 32_000
"""Length of what is said to the assistant and of what it answers, in characters."""

FEATURES = 100
"""Features of a listing, and of what a buyer looks for."""

CITIES = 100
PROPERTY_TYPES = 50


def _readable(text: str) -> str:
    if not is_readable(text):
        raise ValueError("must hold more than white space")
    return text


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a day of the calendar, written YYYY-MM-DD") from error
    return text


def fold(text: str) -> str:
    """The text as it is compared: without regard to case, nor to white space around it."""
    return text.strip().lower()


Short = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_readable)]
Line = Annotated[str, StringConstraints(max_length=1_000)]
Long = Annotated[str, StringConstraints(max_length=DESCRIPTION_CHARACTERS)]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)]
"""A day without a time, as the calendar at the place names it."""

Features = Annotated[list[Short], Field(max_length=FEATURES)]
Cities = Annotated[list[Short], Field(max_length=CITIES)]
PropertyTypes = Annotated[list[Short], Field(max_length=PROPERTY_TYPES)]


def folded(texts: list[str]) -> list[str]:
    """Each text as it is compared, once, in the order of the first of each."""
    return list(dict.fromkeys(map(fold, texts)))
