"""The home-buyer chat, as clients see it."""
