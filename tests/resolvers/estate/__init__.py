"""The fields of the real-estate platform, through the wire."""
