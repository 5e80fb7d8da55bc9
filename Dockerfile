# The server alone, without the bundled MongoDB: set MONGODB_URI and AUTH_SECRET (or AUTH_JWKS) when it runs.
FROM python:3.11-slim AS packages
RUN python -m venv /venv
COPY requirements-server.lock .
RUN /venv/bin/pip install --quiet --no-cache-dir --only-binary=:all: --require-hashes -r requirements-server.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 LOG_FORMAT=json
WORKDIR /app
COPY --from=packages /venv /venv
COPY graphql_api graphql_api
COPY resolvers resolvers
COPY models models
# Compiled now, because the container's file system may be read-only.
RUN python -m compileall -q graphql_api resolvers models
# A number, so that an orchestrator can see that it is not root.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as http; http.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', 8000)}/health/ready\", timeout=4)"]
CMD ["python", "-m", "graphql_api", "serve"]
