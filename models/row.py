"""What every stored row has in common."""

from typing import Annotated, Any

from beanie import Document
from bson import ObjectId
from pydantic import ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import core_schema

from models.clock import now


class _ObjectIdSchema:
    """Teaches pydantic the driver's ObjectId; ids are parsed at the edge, so only real ones are let in."""

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(ObjectId)


Id = Annotated[ObjectId, _ObjectIdSchema]
Millis = Annotated[int, Field(ge=0, le=9_007_199_254_740_991)]
"""Unix milliseconds; the bound is what a JSON number carries exactly."""


class Row(Document):
    """A row: its id (which may be chosen by the client), a version that rises with each write, and its times."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    version: int = Field(default=1, ge=1)
    createdAt: Millis = Field(default_factory=now)
    updatedAt: Millis = Field(default_factory=now)
