"""The AI-advisor chat as clients see it."""
