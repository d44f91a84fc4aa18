# One image, one command for each service: docker run warta:0.1.0 crawler
# It runs as nobody in particular, on a read-only root, and needs a writable /tmp, which the crawler's state should not fill:
# it has WARTA_CRAWLER_STATE_DIRECTORY for that.

# The full image has a compiler, for the one package (faust-streaming) without wheels for arm64.
FROM python:3.13-trixie AS build
RUN --mount=type=bind,source=requirements/base.txt,target=/tmp/requirements.txt \
    python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt
WORKDIR /app
COPY LICENSE ./
COPY shared shared
COPY operations operations
COPY services services
COPY cli cli
RUN python -m compileall -q --invalidation-mode unchecked-hash .

FROM python:3.13-slim-trixie
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Warta" \
      org.opencontainers.image.description="Event-driven news ingestion: crawl, parse, index and recommend" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
RUN install -d -o 10001 -g 10001 /var/lib/warta
# A number, so that Kubernetes can see that it isn't root.
USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGTERM
# http.client, since urllib would ask a proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as H; c = H('127.0.0.1', 8080, timeout=3); c.request('GET', '/livez'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "cli"]
CMD ["--help"]
