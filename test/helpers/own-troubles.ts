import type { CoverageFacts } from "../../src/detect/judge-coverage.js";
import { HOUR, MINUTE, T } from "./incident-parts.js";

const gateway = {
  source: "gateway-eu",
  observedUntil: T - 9 * MINUTE,
  ingestedAt: T - 9 * MINUTE,
  minutes: 900,
  longestGapMs: 0,
  aheadMs: 0,
};
/** Each trouble of Plimsoll itself by the name of its page. */
export const OWN_TROUBLES: readonly (readonly [string, Partial<CoverageFacts>])[] = [
  ["coverage-redis-critical", { redisDownSince: T - 3 * MINUTE }],
  ["coverage-shard-critical", { awayShards: [{ number: 2, of: 3, since: T - 4 * MINUTE }] }],
  ["coverage-recording-error", { unrecordedSince: T - 7 * MINUTE }],
  [
    "coverage-checks-critical",
    { checks: { futureUntil: null, checkedUntil: T - 20 * MINUTE, recordedAt: T - 20 * MINUTE } },
  ],
  ["coverage-source-error", { sources: [gateway] }],
  ["coverage-clock-error", { clocks: { apartMs: 90_000, skewed: [] } }],
  ["coverage-lost-critical", { lost: [{ hour: T - 2 * HOUR, source: "gateway-eu", events: 1200 }] }],
  [
    "coverage-unregistered-warning",
    {
      unjudged: {
        keys: 12_000,
        requests: 40_000,
        cap: 10_000,
        networks: [{ name: "AS64500 (hosting)", requests: 39_000 }],
        sources: [{ name: "gateway-eu", requests: 40_000 }],
      },
    },
  ],
  [
    "delivery-error",
    {
      delivery: { waiting: 4, oldestAt: T - 8 * MINUTE, waitingProblem: "", failed: 1, problem: "no such routing key" },
    },
  ],
  [
    "guard-silent-error",
    {
      guards: [
        {
          guard: "edge",
          waiting: 2,
          waitingUndos: 1,
          oldestAt: T - 9 * MINUTE,
          waitingProblem: "no answer within 10 s",
          failed: 0,
          problem: "",
        },
      ],
    },
  ],
  [
    "coverage-unread-error",
    {
      unread: [
        {
          provider: "openai",
          report: "usage",
          since: T - 40 * MINUTE,
          lastAt: T - 5 * MINUTE,
          problem: "HTTP 401",
          wasRead: false,
        },
      ],
    },
  ],
];
