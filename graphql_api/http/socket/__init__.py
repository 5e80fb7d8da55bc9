"""Operations over WebSockets: the protocol `graphql-transport-ws` to its letter."""
