# Two stages: what is needed to install stays behind.
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/groundwire \
 && /opt/groundwire/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY knowledge_base knowledge_base
RUN /opt/groundwire/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 groundwire
COPY --from=build /opt/groundwire /opt/groundwire
ENV PATH=/opt/groundwire/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GROUNDWIRE_SERVER__HOST=0.0.0.0 \
    GROUNDWIRE_DATA_DIR=/data \
    GROUNDWIRE_KNOWLEDGE_BASE=/knowledge_base
RUN mkdir /data /knowledge_base && chown groundwire /data
USER groundwire
WORKDIR /home/groundwire
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s \
  CMD python -c "import urllib.request as web; web.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"
CMD ["groundwire", "serve"]
