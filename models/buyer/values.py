"""Numbers and texts that several tables of the buyer chat hold, each with its bounds."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from models.texts import is_readable

INT = 2_147_483_647
"""What GraphQL's Int carries."""

TEXT_CHARACTERS = 5_000
"""Length of what somebody writes at a time, in characters."""

LONG_CHARACTERS = 32_000
"""Length of what a service writes at a time, in characters."""


def _readable(text: str) -> str:
    if not is_readable(text):
        raise ValueError("must hold more than white space")
    return text


Count = Annotated[int, Field(ge=0, le=INT)]
Percent = Annotated[int, Field(ge=0, le=100)]
Amount = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_readable)]
Lines = Annotated[list[Line], Field(max_length=100)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_CHARACTERS), AfterValidator(_readable)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=LONG_CHARACTERS), AfterValidator(_readable)]
