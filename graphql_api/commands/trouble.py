"""What keeps a command from doing its work and can be mended by whoever runs it."""

from graphql_api.embedded.mongod import EmbeddedUnavailable
from graphql_api.settings import SettingsError


class DatabaseUnavailable(Exception):
    """The MongoDB that was named cannot be used; the message is one line that says what to do."""


class AddressTaken(Exception):
    """Somebody else listens there; the message is one line that says what to do."""


MENDABLE = (SettingsError, EmbeddedUnavailable, DatabaseUnavailable, AddressTaken)
