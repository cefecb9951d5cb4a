# One image that serves every module; environment variables choose which, and over which stores.
# docs/docker.md says what is in it and how large it is.
#   docker build -t maxiaoke .
#   docker run -p 3000:3000 -v data:/data -e AUTH_SECRET="$(openssl rand -base64 32)" maxiaoke
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS init
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends tini >/dev/null

# Everything that package-lock.json names: made again only when that file changes. Nothing compiles.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

FROM packages AS build
COPY tsconfig.json tsconfig.build.json ./
COPY libs libs
COPY src src
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json --noCheck --incremental false --sourceMap false

# What the server needs of its packages, and nothing that only their developers do.
FROM packages AS production
COPY deploy/docker/prune.mjs /tmp/prune.mjs
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
 && node /tmp/prune.mjs node_modules
# Equal sources give equal layers: no file is younger than the release.
ARG SOURCE_DATE_EPOCH=0
RUN find node_modules -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +

FROM packages AS files
ARG SOURCE_DATE_EPOCH=0
WORKDIR /image
COPY --from=build /app/dist app/dist
COPY package.json LICENSE app/
COPY config/demo app/config/demo
COPY deploy/docker/healthcheck.mjs app/
RUN mkdir data && find . -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +

FROM ${NODE_IMAGE}
COPY --from=init /usr/bin/tini-static /usr/local/bin/tini
COPY --from=production /app/node_modules /app/node_modules
COPY --from=files /image/app /app
COPY --from=files --chown=1000:1000 /image/data /data
# The default stores lie in ./data: the volume.
WORKDIR /
# One arena of malloc: others hold memory that is hardly used, and nothing here waits for it.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
VOLUME /data
EXPOSE 3000
USER 1000:1000
STOPSIGNAL SIGTERM
# The command has no shell in it: signals reach the server through tini, which also reaps what it is left.
# A young generation that fits a core's cache: it would grow to 16 MB while the program loads, and short requests wait
# for memory ever after. One thread that marks beside the main one: four leave nothing of two cores to answer with.
ENTRYPOINT ["tini", "--", "node", "--max-semi-space-size=4", "--v8-pool-size=1", "--expose-gc", "/app/dist/src/cli.js"]
CMD ["serve"]
HEALTHCHECK --interval=2s --timeout=10s --start-period=120s --retries=5 CMD ["node", "/app/healthcheck.mjs"]
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="maxiaoke" \
      org.opencontainers.image.description="Self-hosted back end for online-course communities" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
