import assert from "node:assert/strict";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { finding } from "./incident-parts.js";
import { keyVersion } from "./key-version.js";
import type { BeforeChecks, OpenConsole } from "./open-console.js";
import { insertEvents, perMinute } from "./rule-traffic.js";
import { until } from "./until.js";
import type { WholePlimsoll } from "./whole-plimsoll.js";

const [MINUTE, DAY] = [60_000, 86_400_000];

/** What is fed for the questions besides the leak, with the figures that answers are held against. */
export const STORY = {
  /** What the attacker tried first, was served then on a route that is new to the key, and by which program. */
  refusals: [2, 3],
  newRoute: { route: "/v1/export", scope: "exports:read", requests: [1, 2] },
  client: "Go-http-client/2.0",
  change: { limitPerMinute: 650, monthlyBudgetUsd: 500 },
  reportedAt: "https://github.example/leaked",
  /** Keys to be tidied up, and for what each is listed besides the fleet's own. */
  hygiene: {
    overdue: ["tidy-overdue"],
    unused: ["tidy-overdue", "tidy-shared", "tidy-unused"],
    "over-scoped": ["tidy-over-scoped"],
    shared: ["tidy-shared"],
  },
} as const;

/** From where the stolen key is used: where most of its requests of the last hour came from. */
export async function attackerOf(house: WholePlimsoll, stolen: string) {
  const [attacker] = await house.ask<{ readonly address: string; readonly asn: number; readonly type: string }>(
    `SELECT replaceOne(toString(source_ip), '::ffff:', '') AS address, asn, toString(any(network_type)) AS type FROM request_events
     WHERE key_id = '${stolen}' AND ts > now() - INTERVAL 50 MINUTE GROUP BY source_ip, asn ORDER BY sum(count) DESC LIMIT 1`,
  );
  assert.ok(attacker !== undefined);
  return attacker;
}

/** Before anything is checked: the attacker's attempts and a new route, a change of the key, a report, and three pages of long ago that were false. */
export async function feedStory({ house, fleet, stolen, other, now }: BeforeChecks): Promise<void> {
  const { store } = house;
  const { address, asn } = await attackerOf(house, stolen);
  const { refusals, newRoute, client, change } = STORY;
  const attack = { asn, userAgent: client };
  const { route, scope } = newRoute;
  await insertEvents(store, [
    ...perMinute(stolen, now - 70 * MINUTE, refusals, { ...attack, status: 401, scope: "charges:read" }, address),
    ...perMinute(stolen, now - 10 * MINUTE, newRoute.requests, { ...attack, route, scope, spendMicros: 4000 }, address),
  ]);
  const registry = await store.registry.readKeys(Date.now(), await store.readClock());
  await store.registry.insertKeys(
    [{ ...registry.get(stolen)!, ...change, validFrom: now - 2 * DAY }],
    "change",
    "cli ana",
  );
  const report = { reporter: "github", kind: "live_key", place: STORY.reportedAt, state: "live" } as const;
  const leak = { keyId: stolen, reportedAt: now - DAY, publicSince: now - 4 * DAY, ...report };
  await store.audit.insertLeakRecords([leak]);
  const benign = falsePagesOf(fleet.keys, stolen, other).map((keyId) =>
    finding("error", now - 20 * DAY, { keyId, summary: `${keyId}: leak` }),
  );
  await store.check.insertFindings(benign);
  const advance = { store, baseUrl: null, enqueuePage: async () => {} };
  await advanceIncidents(advance, benign, [now - 20 * DAY]);
  const person = { actor: "Ana", note: "a load test", verdict: "benign", eventId: null, url: null } as const;
  // Long ago, too: what is found again within a week is the same incident.
  for (const { transitions } of await store.incident.readIncidentRows(0))
    await actOnIncident(advance, transitions[0]!.incidentId, "resolve", person, now - 20 * DAY + MINUTE);
}

/** Keys of which a page was false: two of the owner whose key is stolen now, and one of somebody else. */
export function falsePagesOf(keys: readonly string[], stolen: string, other: string): readonly string[] {
  return [stolen, other, keys.find((keyId) => keyId !== stolen && keyId !== other)!];
}

/** What is fed when all is served: keys to be tidied up, one near its limit, and a minute of which nothing was received. */
export async function endStory({ house, fleet }: OpenConsole): Promise<void> {
  const { store } = house;
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const known = { validFrom: now - 40 * DAY, owner: "search team" };
  await store.registry.insertKeys(
    [
      keyVersion({ keyId: "tidy-overdue", rotateBy: now - DAY, ...known }),
      keyVersion({ keyId: "tidy-unused", ...known }),
      keyVersion({ keyId: "tidy-over-scoped", scopes: ["charges:write"], ...known }),
      keyVersion({ keyId: "tidy-shared", holders: ["Ana", "Ben"], ...known }),
      // It calls once a minute.
      keyVersion({ keyId: fleet.keys.at(-1)!, limitPerMinute: 1, ...known, validFrom: now - DAY }),
    ],
    "tidy",
  );
  await insertEvents(store, perMinute("tidy-over-scoped", now - 10 * DAY, [1], { scope: "charges:read" }));
  // Nobody sends anything from now on: soon a minute is not evaluated.
  const unseen = "SELECT count() AS n FROM check_runs WHERE outcome = 'not_evaluated'";
  await until(
    "a minute is not evaluated",
    async () => Number((await house.ask<{ n: string }>(unseen))[0]?.n) > 0,
    4 * MINUTE,
  );
}
