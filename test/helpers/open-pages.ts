import { createHash } from "node:crypto";
import { thresholds } from "../../src/detect/threshold.js";
import { openServer, type Server } from "../../src/http/server.js";
import { openLog } from "../../src/log.js";
import type { PagerDutyPager } from "../../src/page/pagerduty-pager.js";
import type { AdvanceDeps } from "../../src/pipeline/record-step.js";
import { pagesRoute } from "../../src/web/pages-route.js";
import { isThisMachine, openSessions } from "../../src/web/session.js";

export interface PagesWish {
  readonly advance: AdvanceDeps;
  /** Tokens that may look. */
  readonly read?: readonly string[];
  /** Tokens that may act. */
  readonly admin?: readonly string[];
  readonly pager?: PagerDutyPager | null;
  readonly now?: () => number;
  /** What Redis answers; throws while it is away. */
  readonly redisAnswers?: <Answer>(answer: Answer) => Answer;
}

const WAITING = {
  depth: {
    live: { rows: 12_345, bytes: 400_000, blocks: 2, oldestAt: null },
    backfill: { rows: 67, bytes: 800, blocks: 1, oldestAt: null },
  },
  keptBytes: new Map<string, number>(),
  memory: { usedBytes: 5 * 2 ** 20, maxBytes: 64 * 2 ** 20 },
  readAt: 0,
};

/** The pages as `serve` shows them, on a port of their own; without tokens they are open to this machine. */
export async function openPages({
  advance,
  read = [],
  admin = [],
  pager = null,
  now = Date.now,
  redisAnswers = (answer) => answer,
}: PagesWish): Promise<Server> {
  const tokens = [...read, ...admin].map((token) => ({
    digest: createHash("sha256").update(token).digest(),
    mayAct: admin.includes(token),
  }));
  return openServer({
    log: openLog("silent"),
    host: "127.0.0.1",
    port: 0,
    routes: [
      pagesRoute({
        coverage: {
          watch: {
            advance,
            deliver: { store: advance.store, pager, baseUrl: null },
            pingRedis: async () => redisAnswers("PONG"),
            unrecordedSince: async () => null,
          },
          readWaiting: async () => redisAnswers(WAITING),
          budgets: { pages: 0.1, notices: 10 },
          limits: thresholds(0.1, 10),
        },
        sessions: openSessions(() => tokens, false),
        isOpen: (host) => tokens.length === 0 && isThisMachine(host),
        now,
      }),
    ],
  });
}
