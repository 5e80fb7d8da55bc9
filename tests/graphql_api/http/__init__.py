"""Tests of GraphQL over HTTP, through the endpoint and its pipeline."""
