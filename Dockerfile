# syntax=docker/dockerfile:1

# The packages that the programs need when they run.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

# The compiler, and what it makes.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src src
COPY simulator simulator
RUN npx nest build && npx tsc -p simulator

# Two simulated HMCs: docker-compose.yml, profile "simulator".
FROM node:24-bookworm-slim AS simulator
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist/simulator dist/simulator
COPY package.json ./
# A volume that is mounted here takes its owner from this folder.
RUN mkdir /simulator && chown node:node /simulator
USER node
EXPOSE 3000
CMD ["node", "dist/simulator/main.js", "--state-dir", "/simulator", "--write-config", "/simulator/hmcs.yaml"]

# The service. It has no Redis of its own here: set REDIS_URL. Node is the first process and takes SIGTERM itself.
FROM node:24-bookworm-slim AS service
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist/service dist/service
COPY package.json ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/service/main.js"]
