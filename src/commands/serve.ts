import { Command } from "commander";
import { Registry } from "prom-client";
import { openApp, REDIS_PREFIX, type App } from "../app.js";
import { readConfig } from "../config.js";
import { apiRoutes } from "../http/api-routes.js";
import { openBodyBudget } from "../http/body-budget.js";
import { healthRoute } from "../http/health-route.js";
import { parseLeakPublicKeys, type LeakPublicKeys } from "../http/verify-github-signature.js";
import { LeastRate } from "../http/least-rate.js";
import { openIngestMetrics } from "../http/ingest-metrics.js";
import { openQueueMetrics } from "../http/queue-metrics.js";
import { askReadiness } from "../http/readiness.js";
import { openServer, type Server } from "../http/server.js";
import { openTokenQuota } from "../http/token-quota.js";
import { openLog } from "../log.js";
import { liveSpan } from "../model/event/accepted-span.js";
import { keepWatch } from "../pipeline/watch/keep-watch.js";
import type { Ingest } from "../pipeline/ingest/open-ingest.js";
import type { JobDefinition } from "../queue/define-job.js";
import { nameRawKey, type KeyNaming } from "../model/key/name-raw-key.js";
import { unreadablePage } from "../web/unknown-page.js";
import { pagesRoute } from "../web/pages-route.js";
import { watchFile } from "../flow/watch-file.js";
import { watchKnownNetworks } from "../store/networks/all-networks.js";
import { webhookSecrets } from "./live-access.js";
import { openServeAccess, type Terminal } from "./serve-access.js";
import { openServeIngest } from "./serve-ingest.js";
import { openServeKeys } from "./serve-keys.js";
import { NEW_PEPPER, usePepper } from "./judge-pepper.js";
import { checkStart, listenProblem } from "./start-problems.js";
import { untilStopped } from "./until-stopped.js";
import { watchClock } from "./watch-clock.js";

/** Bodies that are read at once, so that memory stays bounded however many senders there are. */
const MAX_BODIES_BYTES = 64 * 2 ** 20;
const CLOCK_EVERY_MS = 60_000;

/** `plimsoll serve`: HTTP. Stateless; any number may run. */
export function serveCommand(jobs: readonly JobDefinition<App>[]): Command {
  return new Command("serve")
    .summary("HTTP: ingest, dashboard, health, metrics")
    .description(
      "Serves the dashboard (/, /keys/<key_id> and its /dossier, /incidents/<id>, /suppressions, /coverage, /audit), POST /v1/events, /v1/keys, /v1/findings, /v1/incidents, POST /v1/leaks, POST /v1/webhooks/pagerduty, /v1/openapi.json, /healthz, /readyz and /metrics on PLIMSOLL_HTTP_HOST:PLIMSOLL_HTTP_PORT.\n" +
        "Reloads a changed PLIMSOLL_NETWORKS_FILE, and changed token, routing key and webhook secret files, within a minute.\n" +
        "Sign in to the dashboard with a token of PLIMSOLL_READ_TOKENS or PLIMSOLL_ADMIN_TOKENS, or at PLIMSOLL_OIDC_ISSUER; without any, a serve on 127.0.0.1 prints a link on its terminal.\n" +
        "Stateless: any number may run behind a load balancer. Stops cleanly on SIGTERM.",
    )
    .option(...NEW_PEPPER)
    .action(async (options: { newPepper?: boolean }) => {
      const config = readConfig(process.env);
      const log = openLog(config.PLIMSOLL_LOG_LEVEL);
      await checkStart(config, log, "serve");
      const app = openApp(config, log, jobs);
      await usePepper(app.store, config, options.newPepper);
      const server = await startServe(app);
      app.log.info({ url: server.url }, "serving");
      await untilStopped();
      await server.close();
      await app.close();
    });
}

/** Starts HTTP on an app; close it before the app. */
export async function startServe(app: App, terminal: Terminal = process.stderr): Promise<Server> {
  const keys = await openServeKeys(app);
  const networks = followNetworks(app);
  const leakKeys = followLeakKeys(app);
  const access = openServeAccess(app, REDIS_PREFIX, terminal);
  const ingest = openServeIngest(app);
  const parts = { keys, networks, leakKeys, access, ingest };
  const server = await openServer(serverOptions(app, parts)).catch((error: unknown) => {
    throw listenProblem(error, app.config);
  });
  access.announce(server.url);
  const clockWatch = watchClock(app, { part: "serve", everyMs: CLOCK_EVERY_MS, onLook: async () => undefined });
  const watch = keepWatch(app.watchDeps, app.clock.now, (problem) =>
    app.log.warn({ problem }, "coverage could not be checked"),
  );
  return {
    url: server.url,
    close: async () => {
      await watch.close();
      networks.close();
      leakKeys?.close();
      await server.close();
      await keys.close();
      await ingest.close();
      await clockWatch.close();
    },
  };
}

/** What the routes are made of; each is opened once, and closed in the order of startServe. */
interface Parts {
  readonly keys: Awaited<ReturnType<typeof openServeKeys>>;
  readonly networks: ReturnType<typeof followNetworks>;
  readonly leakKeys: ReturnType<typeof followLeakKeys>;
  readonly access: ReturnType<typeof openServeAccess>;
  readonly ingest: Ingest;
}

function followNetworks({ config, log }: App) {
  return watchKnownNetworks(config.PLIMSOLL_NETWORKS_FILE ?? null, {
    onProblem: ({ message }) =>
      log.warn({ problem: message }, "the networks file has a problem: the previous table stays in use"),
  });
}

/** The public keys that leak reports are signed with, as their file says; null where none is named. */
function followLeakKeys({ config, log }: App) {
  if (config.PLIMSOLL_LEAK_PUBLIC_KEYS_FILE === undefined) return null;
  return watchFile<LeakPublicKeys>(config.PLIMSOLL_LEAK_PUBLIC_KEYS_FILE, {
    parse: parseLeakPublicKeys,
    whenUnusable: new Map(),
    onProblem: (problem) =>
      log.error({ problem }, "the public keys for leak reports cannot be used: no report signed with them is accepted"),
  });
}

function serverOptions(app: App, parts: Parts): Parameters<typeof openServer>[0] {
  const { config, log, store, clock } = app;
  const { keys, access, leakKeys, ingest } = parts;
  const { tokens } = access;
  const registry = new Registry();
  openQueueMetrics(registry, {
    readWaiting: ingest.readWaiting,
    refusing: () => ingest.pressure.current() !== null,
    readWork: async () => app.figures.read(),
    readHealth: store.watch.readHealthFigures,
    readCopies: store.watch.readCopyFigures,
    readGuards: store.watch.readGuardFigures,
    now: clock.now,
  });
  return {
    log,
    host: config.PLIMSOLL_HTTP_HOST,
    port: config.PLIMSOLL_HTTP_PORT,
    trustedProxies: config.PLIMSOLL_TRUSTED_PROXIES,
    badAddress: unreadablePage,
    routes: [
      ...apiRoutes({
        events: eventsOptions(app, parts, registry),
        pagerDuty: { advance: app.checkDeps, secrets: () => webhookSecrets(app.live), now: clock.now },
        leaks: {
          advance: app.checkDeps,
          tokens,
          identify: keys.identify,
          publicKeys: () => leakKeys?.current() ?? null,
          now: clock.now,
        },
        keys: { store, tokens, identify: keys.identify, now: clock.now },
      }),
      pagesRoute({
        coverage: {
          watch: app.watchDeps,
          readWaiting: ingest.readWaiting,
          lastCheckFailure: app.lastCheckFailure,
          budget: app.checkDeps.budget,
        },
        ...access.pages,
        now: clock.now,
        guardOf: app.containDeps.guardOf,
        nameRawKey: (rawKey) => nameRawKey(rawKey, searchNaming(keys)),
      }),
      healthRoute({ readiness: async () => askReadiness(app, clock.now()), registry }),
    ],
  };
}

/** A search names a raw key as an event does, but meets none: nothing is migrated by it. */
const searchNaming = ({ rules: { peppers, resolveKey, aliasOf } }: Parts["keys"]): KeyNaming =>
  aliasOf === undefined ? { peppers, resolveKey } : { peppers, resolveKey, aliasOf };

function eventsOptions({ config, clock }: App, { keys, networks, access, ingest }: Parts, registry: Registry) {
  return {
    tokens: access.tokens,
    rulesAt: (now: number) => ({
      span: liveSpan(now, config.PLIMSOLL_RAW_DAYS),
      ...keys.rules,
      networkOf: (address: string) => networks.current().lookup(address),
    }),
    commit: ingest.commit,
    pressure: ingest.pressure,
    quota: openTokenQuota(config.PLIMSOLL_TOKEN_EVENTS_PER_SECOND),
    partitionQuota: openTokenQuota(config.PLIMSOLL_TOKEN_PARTITIONS_PER_SECOND),
    budget: openBodyBudget(MAX_BODIES_BYTES),
    leastRate: new LeastRate(),
    metrics: openIngestMetrics(registry),
    now: clock.now,
  };
}
