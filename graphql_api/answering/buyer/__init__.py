"""How buyers' questions are answered: what is asked of the API for them, and what a model is told."""
