"""The rows of the real-estate platform."""
