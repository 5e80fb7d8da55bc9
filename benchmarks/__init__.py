"""How fast the server is beside others that do the same work, how it grows, and how it holds out."""
