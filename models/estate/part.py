"""What the documents inside a row have in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A document inside a row: closed, so that a misspelt key is an error instead of lost data."""

    model_config = ConfigDict(extra="forbid")
