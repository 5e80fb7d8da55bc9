"""The bundled MongoDB, for a first start and for the tests; a deployment brings its own."""
