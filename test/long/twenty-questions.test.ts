import assert from "node:assert/strict";
import { test } from "node:test";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { beginWalk, ON_CALL_QUESTIONS, type AskedPlace } from "../helpers/on-call-questions.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";
import { openConsole, type OpenConsole } from "../helpers/open-console.js";
import { until } from "../helpers/until.js";

const [MINUTE, DAY] = [60_000, 86_400_000];
const MOST_STEPS = 3;

/** What the questions ask for besides a leak: reports, pages that were false, keys to be tidied up, and a night of which nothing was received. */
async function prepare({ house, fleet, stolen }: OpenConsole): Promise<void> {
  const { store } = house;
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  const report = {
    reporter: "github",
    kind: "live_key",
    place: "https://github.example/leaked",
    state: "live",
  } as const;
  await store.audit.insertLeakRecords([
    { keyId: stolen, reportedAt: now - DAY, publicSince: now - 2 * DAY, ...report },
  ]);
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
  const benign = fleet.keys
    .slice(1, 3)
    .map((keyId) => finding("error", now - 20 * DAY, { keyId, summary: `${keyId}: leak` }));
  await store.check.insertFindings(benign);
  await advanceIncidents({ store, baseUrl: null, enqueuePage: async () => {} }, benign, [now - 20 * DAY]);
  for (const { transitions } of await store.incident.readIncidentRows(0)) {
    const { incidentId, keyId } = transitions[0]!;
    if (keyId === stolen) continue;
    const judged = await house.plimsoll("incidents", "resolve", incidentId, "--as", "benign", "--note", "a load test");
    assert.equal(judged.code, 0, judged.output);
  }
  // Nobody sends anything from now on: soon a minute is not evaluated.
  const unseen = "SELECT count() AS n FROM check_runs WHERE outcome = 'not_evaluated'";
  await until(
    "a minute is not evaluated",
    async () => Number((await house.ask<{ n: string }>(unseen))[0]?.n) > 0,
    4 * MINUTE,
  );
}

test("each of the twenty questions that on-call asks is answered within three steps of the incident's view", async (t) => {
  const place = await openConsole(t);
  await prepare(place);
  const { house, stolen, browsing, token } = place;
  const { page } = browsing;
  const rows = await house.store.incident.readIncidentRows(0);
  const { incidentId } = rows.flatMap(({ transitions }) => transitions).find(({ keyId }) => keyId === stolen)!;
  const incident = `${house.url}/incidents/${encodeURIComponent(incidentId)}`;
  await page.goto(incident);
  await page.getByLabel(/^A token/).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(incident);
  const [blamed] = await house.ask<{ address: string; asn: number; at: string }>(
    `SELECT replaceOne(toString(source_ip), '::ffff:', '') AS address, asn, formatDateTime(max(ts), '%Y-%m-%dT%H:%i', 'UTC') AS at FROM request_events
     WHERE key_id = '${stolen}' AND ts > now() - INTERVAL 50 MINUTE GROUP BY source_ip, asn ORDER BY sum(count) DESC LIMIT 1`,
  );
  assert.ok(blamed !== undefined);
  const from = new Date(Date.parse(`${blamed.at}Z`) - 10 * MINUTE).toISOString().slice(0, 16);
  const asked: AskedPlace = { ...place, address: blamed.address, network: `AS${blamed.asn}`, from, to: blamed.at };
  for (const { number, question, go, says } of ON_CALL_QUESTIONS) {
    await t.test(`${number}. ${question}`, async (one) => {
      await page.goto(incident);
      const walk = beginWalk(page);
      await go?.(walk, asked);
      const text = await page.locator("main").innerText();
      for (const answer of says(asked)) assert.match(text, answer);
      assert.ok(walk.steps <= MOST_STEPS, `${walk.steps} steps`);
      one.diagnostic(`${walk.steps} steps, ${new URL(page.url()).pathname}`);
    });
  }
});
