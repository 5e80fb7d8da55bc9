"""Analyzes offers for agents, and ends those whose time is over, as the service that the API calls `analysis`."""
