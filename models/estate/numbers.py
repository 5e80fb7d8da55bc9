"""Numbers that several tables of the platform hold, each with its range."""

from typing import Annotated

from pydantic import Field

MONEY = 1e12
"""The largest amount of money, in the listing's currency."""

Price = Annotated[float, Field(gt=0, le=MONEY, allow_inf_nan=False)]
"""What is asked or offered: never nothing."""

Amount = Annotated[float, Field(ge=0, le=MONEY, allow_inf_nan=False)]

Rooms = Annotated[int, Field(ge=0, le=1_000)]
HalfRooms = Annotated[float, Field(ge=0, le=1_000, multiple_of=0.5, allow_inf_nan=False)]
"""Bathrooms are counted in halves."""
