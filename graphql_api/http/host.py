"""Where a connection that stays open stands: the server, the other connections, and how long one waits."""

from dataclasses import dataclass, field

from graphql_api.http.connections import Connections
from graphql_api.http.patience import Patience
from graphql_api.http.server import Server


@dataclass(frozen=True, slots=True)
class Host:
    """What all connections of one application share."""

    server: Server
    connections: Connections = field(default_factory=Connections)
    patience: Patience = field(default_factory=Patience)
