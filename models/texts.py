"""Texts that several tables hold, each with what makes it one."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from models.principal import NAME_CHARACTERS, URL_CHARACTERS

_WEB = re.compile(r"https?://[^\s\x00-\x1f\x7f]+", re.IGNORECASE)


def is_readable(text: str) -> bool:
    """Whether there is anything to see in the text."""
    return bool(text.replace("\0", "").strip())


def _readable(text: str) -> str:
    if not is_readable(text):
        raise ValueError("must hold more than white space")
    return text


def is_link(text: str) -> bool:
    """Whether the text is an address that a page may show or open: never a script, never a file."""
    return _WEB.fullmatch(text) is not None


def _link(text: str) -> str:
    if not is_link(text):
        raise ValueError("must be an address that begins with https:// or http://")
    return text


Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_CHARACTERS), AfterValidator(_readable)]
Link = Annotated[str, StringConstraints(max_length=URL_CHARACTERS), AfterValidator(_link)]
