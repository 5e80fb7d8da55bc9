"""GraphQL over HTTP, to the letter of its specification: the endpoint, its page, health and request ids."""
