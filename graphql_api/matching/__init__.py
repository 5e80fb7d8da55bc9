"""Searches that remember: a worker tells buyers of listings that meet what they have saved."""
