"""What the transports need of the server they stand in."""

from collections.abc import Sequence
from typing import Any, Protocol

from graphql_api.operations.prepare import Operations, PreparedOperation
from graphql_api.standing import Authority


class Server(Authority, Protocol):
    """The parts that requests are answered with: see `graphql_api.context.Server`."""

    @property
    def operations(self) -> Operations:
        """The prepared operations of the schema."""

    @property
    def operation_seconds(self) -> float:
        """Seconds that one operation may take."""

    async def identify(self, credentials: Sequence[bytes], /) -> Any:
        """Return who asks, by the values of `Authorization`; raises `InvalidToken` or `KeysUnavailable`."""

    async def context_for(self, caller: Any, prepared: PreparedOperation, request_id: str, address: str, /) -> Any:
        """Return the context of the resolvers; raises `Refusal` with a code of `SHUT_OUT` for one shut out."""
