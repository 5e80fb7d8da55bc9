"""The login identity."""
