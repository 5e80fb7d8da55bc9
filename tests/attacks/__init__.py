"""Attacks on the server by its own clients, each of which once hurt or might have."""
