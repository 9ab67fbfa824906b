import { investigationToText } from "../../../src/commands/investigate-text.js";
import { newestInvestigation } from "../../../src/pipeline/view/investigation-question.js";
import { readKeyAt } from "../../../src/pipeline/registry/list-keys.js";
import { readKnownIncidents } from "../../../src/pipeline/incident/read-incidents.js";
import type { Store } from "../../../src/store/store.js";
import { DAY_MS } from "../../../src/time/day.js";
import { openPages } from "../../helpers/open-pages.js";
import { HISTORY_DAYS, type FilledHistory } from "./fill-history.js";
import { quantile } from "../ingest/medians.js";
import { timeStore } from "../../helpers/observe-store.js";

/** Keys whose caches of files and marks are warm before anything is timed. */
const WARM_UP = 3;
/** So long all who look are shown the same keys as the dearest: who comes then waits for them. */
const SHARED_MS = 30_000;
const INCIDENT_LOOK_BACK_MS = 30 * DAY_MS;

/** What a kind of read took, over its samples; `targetMs` is what its 95th percentile may take. */
export interface ReadFigures {
  readonly read: string;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly targetMs: number | null;
}

/** What each view that is looked at beside the keys' own may take. */
const VIEW_MS = 150;
const VIEWS: readonly (readonly [string, (keyId: string) => string])[] = [
  ["incident", (keyId) => `/incidents/${encodeURIComponent(`leak:${keyId}`)}`],
  ["investigation", (keyId) => `/keys/${encodeURIComponent(keyId)}/dossier`],
  ["incidents", () => "/incidents"],
  ["open incidents", () => "/incidents?state=open"],
  ["keys by name", () => "/keys"],
  ["keys by requests", () => "/keys?sort=requests&order=desc"],
  ["keys that are overdue", () => "/keys?hygiene=overdue"],
  ["the attackers' network", () => "/networks/AS65000"],
  ["an address", () => "/networks/192.0.2.1"],
  ["keys near their limit", () => "/limits"],
  ["a client in all keys", () => "/clients?client=acme"],
  ["requests of a key", (keyId) => `/requests?key=${encodeURIComponent(keyId)}`],
  ["search", (keyId) => `/search?q=${keyId.slice(0, 9)}`],
  ["an owner of all keys", () => "/owners/payments%20team"],
  ["coverage", () => "/coverage"],
  ["suppressions", () => "/suppressions"],
];

const round = (value: number) => Math.round(value * 10) / 10;

/** Times what people wait for: pages as they are served, and an investigation as the command reads it, each sample another key. */
export async function measureReads(
  store: Store,
  { until }: FilledHistory,
  samples: number,
  progress: (read: string) => void,
) {
  const spent = new Map<string, number[]>();
  const noting = timeStore(store, (name, ms) => spent.set(name, [...(spent.get(name) ?? []), ms]));
  const advance = { store: noting, baseUrl: null, enqueuePage: async () => {} };
  let at = until;
  const server = await openPages({ advance, now: () => at });
  const get = async (path: string) => {
    const answer = await fetch(`${server.url}${path}`, { headers: { cookie: server.cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    await answer.text();
  };
  const [all, leaking] = await Promise.all([spreadKeys(store, samples, false), spreadKeys(store, samples, true)]);
  const ofMonth = async (keyId: string) => {
    const key = await readKeyAt(noting, keyId, until);
    await Promise.all([
      newestInvestigation(noting, keyId, key, until, until - HISTORY_DAYS * DAY_MS),
      readKnownIncidents(noting, until - INCIDENT_LOOK_BACK_MS),
    ]);
  };
  const investigate = async (keyId: string) => {
    const investigation = await newestInvestigation(noting, keyId, await readKeyAt(noting, keyId, until), until);
    if (investigation === null) throw new Error(`nothing is known of ${keyId}`);
    investigationToText(investigation);
  };
  const reads: readonly (readonly [string, number | null, readonly string[], (keyId: string) => Promise<void>])[] = [
    ["fleet page", 300, all, () => get("/")],
    [
      "fleet page, the first in half a minute",
      300,
      all,
      async () => {
        at += SHARED_MS;
        await get("/");
      },
    ],
    ["key page as it opens", 300, all, (keyId) => get(`/keys/${encodeURIComponent(keyId)}`)],
    ["key page over 28 days", 300, all, ofMonth],
    ["dossier of a leaking key", 1000, leaking, investigate],
    ...VIEWS.map(([view, wayOf]) => {
      return [view, VIEW_MS, leaking, (keyId: string) => get(wayOf(keyId))] as const;
    }),
  ];
  const figures: ReadFigures[] = [];
  const byReader: Record<string, Readonly<Record<string, number>>> = {};
  try {
    for (const [read, targetMs, keys, ask] of reads) {
      progress(read);
      at = until;
      for (const keyId of keys.slice(0, WARM_UP)) await ask(keyId);
      spent.clear();
      const took: number[] = [];
      for (const keyId of keys) {
        const startedAt = performance.now();
        await ask(keyId);
        took.push(performance.now() - startedAt);
      }
      const [p50Ms, p95Ms, maxMs] = [quantile(took, 0.5), quantile(took, 0.95), Math.max(...took)].map(round);
      figures.push({ read, samples: took.length, p50Ms: p50Ms!, p95Ms: p95Ms!, maxMs: maxMs!, targetMs });
      byReader[read] = Object.fromEntries([...spent].map(([name, ms]) => [name, round(quantile(ms, 0.95))]));
    }
  } finally {
    await server.close();
  }
  return { figures, p95MsByReader: byReader };
}

/** Keys from the busiest to the least busy, in even steps of rank; with `leaking`, of those that leak. */
async function spreadKeys(store: Store, samples: number, leaking: boolean): Promise<string[]> {
  const result = await store.client.query({
    query: `SELECT key_id FROM bench_keys WHERE is_leaking OR NOT {leaking:Bool} ORDER BY n`,
    query_params: { leaking },
    format: "JSONEachRow",
  });
  const keys = (await result.json<{ key_id: string }>()).map((row) => row.key_id);
  return Array.from(
    { length: Math.min(samples, keys.length) },
    (_, i) => keys[Math.floor((i * keys.length) / samples)]!,
  );
}
