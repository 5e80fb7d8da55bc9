"""The server: speaks HTTP for the GraphQL schema of the resolvers."""
