"""The real-estate platform, as clients see it."""
