"""How advisors' answers are given: what is asked of the API for them, and what a model is told."""
