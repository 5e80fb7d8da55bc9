"""A mail that waits to be sent, and the table in which mails wait."""

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from models.clock import now
from models.policy import NOBODY, Policy
from models.principal import EMAIL_CHARACTERS
from models.row import Id, Millis, Row
from models.table import Table, expiring, index

SUBJECT_CHARACTERS = 200
TEXT_CHARACTERS = 50_000
KIND_CHARACTERS = 64

KEPT = timedelta(days=1)
"""How long a mail that cannot be sent is tried again, and kept at all."""

_ENDING = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, halves of characters, and what some programs take for the end of a line."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail `to` one address; `kind` is what the log calls it. The text may hold a secret, and is never shown.

    Raises ValueError for an address or subject that is not one line: whatever stands in them, it adds no header.
    """

    to: str
    subject: str
    text: str = field(repr=False)
    kind: str

    def __post_init__(self) -> None:
        for name in ("to", "subject", "kind"):
            value = getattr(self, name)
            if not value.strip() or any(unicodedata.category(letter) in _ENDING for letter in value):
                raise ValueError(f"A mail's `{name}` must be one line of text.")


def _end() -> datetime:
    return datetime.now(UTC) + KEPT


class MailRow(Row):
    """Who holds the `lease` until `leaseUntil` is sending it; `attempts` counts who began to. It is due at `dueAt`."""

    # What is wrong with a text must not be told together with the text.
    model_config = ConfigDict(hide_input_in_errors=True)

    to: Annotated[str, StringConstraints(min_length=3, max_length=EMAIL_CHARACTERS)]
    subject: Annotated[str, StringConstraints(max_length=SUBJECT_CHARACTERS)]
    text: Annotated[str, StringConstraints(max_length=TEXT_CHARACTERS)]
    kind: Annotated[str, StringConstraints(max_length=KIND_CHARACTERS)]
    attempts: int = Field(default=0, ge=0)
    dueAt: Millis = Field(default_factory=now)
    lease: Id | None = None
    leaseUntil: Millis | None = None
    expiresAt: datetime = Field(default_factory=_end)

    class Settings:
        name = "mails"
        keep_nulls = False


MAILS = Table(
    MailRow,
    type_name="Mail",
    tag="mail",
    noun="mail",
    policy=Policy(read=NOBODY),
    indexes=(
        index("by_due", "dueAt"),
        expiring("ttl_expires", "expiresAt"),
    ),
    shard_key=("_id",),
)
