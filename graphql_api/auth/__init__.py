"""Who asks: the token or service key of a request, verified before anything else looks at it."""
