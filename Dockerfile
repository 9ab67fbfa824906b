# syntax=docker/dockerfile:1
# Optional packages are the local ClickHouse of `plimsoll up` and of the tests (550 MB): a container has a server of its own.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The machine code of compiler and bundler is an optional package each as well: these are fetched by name, in the locked version.
RUN npm ci --omit=optional \
 && npm install --no-save --omit=optional \
      "@typescript/typescript-linux-$(node -p process.arch)@$(node -p 'require("typescript/package.json").version')" \
      "@esbuild/linux-$(node -p process.arch)@$(node -p 'require("esbuild/package.json").version')"
COPY tsconfig.json tsconfig.types.json ./
COPY src ./src
COPY jobs ./jobs
RUN npm run --silent build

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY sql ./sql
USER node
EXPOSE 8787
# Small young generations: a tenth less memory under load, and no slower.
ENTRYPOINT ["node", "--max-semi-space-size=4", "dist/bundle/main.js"]
CMD ["serve"]
