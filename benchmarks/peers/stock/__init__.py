"""The usual way in Python: Strawberry on Beanie documents, with its caches and DataLoader."""
