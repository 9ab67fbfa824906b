import { Command } from "commander";
import { Registry } from "prom-client";
import { openApp, type App } from "../app.js";
import { readConfig } from "../config.js";
import { openBodyBudget } from "../http/body-budget.js";
import { eventsRoute } from "../http/events-route.js";
import { healthRoute } from "../http/health-route.js";
import { keysRoute } from "../http/keys-route.js";
import { leaksRoute } from "../http/leaks-route.js";
import { LeastRate } from "../http/least-rate.js";
import { parseLeakPublicKeys } from "../http/verify-github-signature.js";
import { openIngestMetrics } from "../http/ingest-metrics.js";
import { openQueueMetrics } from "../http/queue-metrics.js";
import { askReadiness } from "../http/readiness.js";
import { pagerDutyRoute } from "../http/pagerduty-route.js";
import { openServer, type Server } from "../http/server.js";
import { openTokenQuota } from "../http/token-quota.js";
import { openLog } from "../log.js";
import { liveSpan } from "../model/parse-request-event.js";
import { openGroupCommit } from "../pipeline/commit-groups.js";
import type { PressureReading } from "../pipeline/judge-pressure.js";
import { watchPressure } from "../pipeline/watch-pressure.js";
import { sealAgeMs } from "../pipeline/lane-age.js";
import { openSealer, type Sealer } from "../pipeline/seal-blocks.js";
import { keepWatch } from "../pipeline/keep-watch.js";
import type { JobDefinition } from "../queue/define-job.js";
import type { Lane } from "../store/lane.js";
import { readRedisMemory } from "../store/redis-memory.js";
import { pagesRoute } from "../web/pages-route.js";
import { isThisMachine, openSessions } from "../web/session.js";
import { watchFile } from "../store/watch-file.js";
import { watchKnownNetworks } from "../store/all-networks.js";
import { followTokens, webhookSecrets } from "./live-access.js";
import { openServeKeys } from "./serve-keys.js";
import { untilStopped } from "./until-stopped.js";

/** Bodies that are read at once, so that memory stays bounded however many senders there are. */
const MAX_BODIES_BYTES = 64 * 2 ** 20;

/** `plimsoll serve`: HTTP. Stateless; any number may run. */
export function serveCommand(jobs: readonly JobDefinition[]): Command {
  return new Command("serve")
    .summary("HTTP: ingest, pages for people, health, metrics")
    .description(
      "Serves the pages /, /keys/<key_id> and its /dossier, /incidents/<id> and /coverage, POST /v1/events, /v1/keys, POST /v1/leaks, POST /v1/webhooks/pagerduty, /healthz, /readyz and /metrics on PLIMSOLL_HTTP_HOST:PLIMSOLL_HTTP_PORT.\n" +
        "Takes up a changed PLIMSOLL_NETWORKS_FILE, and changed files of tokens, routing keys and webhook secret, within a minute.\n" +
        "Stateless: any number may run behind a load balancer. Stops cleanly on SIGTERM.",
    )
    .action(async () => {
      const config = readConfig(process.env);
      const app = openApp(config, openLog(config.PLIMSOLL_LOG_LEVEL), jobs);
      const server = await startServe(app);
      app.log.info({ url: server.url }, "serving");
      await untilStopped();
      await server.close();
      await app.close();
    });
}

/** Starts HTTP on an app; close it before the app. */
export async function startServe(app: App): Promise<Server> {
  const { config, log, store, redis, intake } = app;
  const keys = await openServeKeys(app);
  const networks = watchKnownNetworks(config.PLIMSOLL_NETWORKS_FILE ?? null, {
    onProblem: ({ message }) =>
      log.warn({ problem: message }, "the networks file has a problem: the table before it stays"),
  });
  const registry = new Registry();
  const tokens = followTokens(app.live);
  const readers = () =>
    tokens()
      .filter(({ right }) => right !== "ingest")
      .map(({ digest, right }) => ({ digest, mayAct: right === "admin" }));
  const leakKeys =
    config.PLIMSOLL_LEAK_PUBLIC_KEYS_FILE === undefined
      ? null
      : watchFile(config.PLIMSOLL_LEAK_PUBLIC_KEYS_FILE, {
          parse: parseLeakPublicKeys,
          onProblem: (problem) => log.warn({ problem }, "the public keys of leak reports: those before stay"),
        });
  const sealerOf = (lane: Lane) =>
    openSealer({
      lane,
      intake,
      enqueue: async (id) => app.enqueueBlock({ lane, id }),
      groupMs: sealAgeMs(lane, config.PLIMSOLL_GROUP_MS),
      onProblem: ({ message }) => log.warn({ problem: message, lane }, "a block waits for the next look"),
    });
  const sealers: Readonly<Record<Lane, Sealer>> = { live: sealerOf("live"), backfill: sealerOf("backfill") };
  const readWaiting = async (): Promise<PressureReading> => {
    const [depth, memory, keptBytes] = await Promise.all([intake.depth(), readRedisMemory(redis), intake.keptBytes()]);
    return { depth, memory, keptBytes, readAt: Date.now() };
  };
  const pressure = watchPressure({
    read: readWaiting,
    limits: {
      memoryPercent: config.PLIMSOLL_REDIS_MEMORY_PERCENT,
      events: config.PLIMSOLL_QUEUE_EVENTS,
      ageMinutes: config.PLIMSOLL_QUEUE_MINUTES,
    },
    onChange: (reason) => {
      if (reason === null) log.info("ingest takes events again");
      else log.error(reason, "ingest takes no events for now");
    },
  });
  const commit = openGroupCommit({
    intake: {
      commit: async (group) => {
        const blocks = [group.piece, ...group.alone, ...group.backfill];
        pressure.add(blocks.reduce((sum, block) => sum + (block?.data.length ?? 0), 0));
        return intake.commit(group);
      },
    },
    onSealed: ({ lane, id }) => sealers[lane].handOver(id),
    onOpen: (lane) => sealers[lane].expect(),
    maxEvents: config.PLIMSOLL_GROUP_EVENTS,
  });
  openQueueMetrics(registry, {
    readWaiting,
    refusing: () => pressure.current() !== null,
    readWork: async () => app.figures.read(),
    readHealth: store.readHealthFigures,
    now: Date.now,
  });
  const server = await openServer({
    log,
    host: config.PLIMSOLL_HTTP_HOST,
    port: config.PLIMSOLL_HTTP_PORT,
    routes: [
      eventsRoute({
        tokens,
        rulesAt: (now) => ({
          span: liveSpan(now, config.PLIMSOLL_RAW_DAYS),
          ...keys.rules,
          networkOf: (address) => networks.current().lookup(address),
        }),
        commit,
        pressure,
        quota: openTokenQuota(config.PLIMSOLL_TOKEN_EVENTS_PER_SECOND),
        partitionQuota: openTokenQuota(config.PLIMSOLL_TOKEN_PARTITIONS_PER_SECOND),
        budget: openBodyBudget(MAX_BODIES_BYTES),
        leastRate: new LeastRate(),
        metrics: openIngestMetrics(registry),
        now: Date.now,
      }),
      pagerDutyRoute({
        advance: app.checkDeps,
        secrets: () => webhookSecrets(app.live),
        now: Date.now,
      }),
      leaksRoute({
        advance: app.checkDeps,
        tokens,
        identify: keys.identify,
        publicKeys: () => leakKeys?.current() ?? null,
        now: Date.now,
      }),
      keysRoute({ store, tokens, identify: keys.identify, now: Date.now }),
      pagesRoute({
        coverage: {
          watch: app.watchDeps,
          readWaiting,
          budgets: { pages: config.PLIMSOLL_PAGE_BUDGET, notices: config.PLIMSOLL_NOTICE_BUDGET },
          limits: app.checkDeps.limits,
        },
        sessions: openSessions(readers, config.PLIMSOLL_BASE_URL?.startsWith("https:") === true),
        isOpen: (host) => readers().length === 0 && isThisMachine(host),
        now: Date.now,
      }),
      healthRoute({ readiness: async () => askReadiness(app, Date.now()), registry }),
    ],
  });
  const watch = keepWatch(app.watchDeps, (problem) => log.warn({ problem }, "the watch could not look"));
  return {
    url: server.url,
    close: async () => {
      await watch.close();
      networks.close();
      leakKeys?.close();
      pressure.close();
      await server.close();
      await keys.close();
      await commit.settled();
      await Promise.all([sealers.live.close(), sealers.backfill.close()]);
    },
  };
}
