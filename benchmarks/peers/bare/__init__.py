"""The driver's limit: what a server costs that does nothing but ask MongoDB and write JSON."""
