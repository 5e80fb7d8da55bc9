"""Offers are analyzed, and end in time."""
