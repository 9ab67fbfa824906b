import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReceivedEvent } from "../../src/local/pagerduty/protocol.js";
import { sendBatches } from "../../src/local/demo/demo-send.js";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { displayOf, fingerprintOf, pepperOf } from "../../src/model/key/key-fingerprint.js";
import { drawCanaries } from "../helpers/canaries.js";
import { findInText } from "../helpers/find-traces.js";
import { keyVersion } from "../helpers/key-version.js";
import { leakingFleet, withRawKey } from "../helpers/leaking-fleet.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";

const MINUTE_MS = 60_000;
const ONSET_WITHIN_MS = 3 * MINUTE_MS;
/** Checks begin with the minute, so up to one goes by before the first; how long a page takes is for benches to say. */
const PAGED_WITHIN_MS = 3 * MINUTE_MS;

interface Trigger {
  readonly dedup_key: string;
  readonly payload: {
    readonly source: string;
    readonly severity: string;
    readonly custom_details: { readonly since: string };
  };
}

test("a leak just under the limit pages once, though the worker is killed twice and Redis is restarted", async (t) => {
  const fleet = leakingFleet(Date.now());
  const plimsoll = await startWholePlimsoll(t, {
    networks: networksCsv(fleet.networks),
    env: { PLIMSOLL_SETTLE_SECONDS: "0" },
  });
  const { store, receiver } = plimsoll;
  const { stripe: rawKey } = drawCanaries();
  const display = displayOf(rawKey);
  const fingerprints = [fingerprintOf(pepperOf(plimsoll.pepper), rawKey)];
  const keys = fleet.keys.map((key) => {
    const known = {
      keyId: key.key_id,
      display: key.display,
      owner: key.owner,
      limitPerMinute: key.limit_per_minute ?? null,
    };
    return keyVersion(key.key_id === fleet.leaked ? { ...known, display, fingerprints } : known);
  });
  await store.registry.insertKeys(keys, "keys");
  await plimsoll.startServe();
  const first = await plimsoll.startWork();

  await sendBatches(withRawKey(fleet.batches(5000), fleet.leaked, rawKey), fleet.countEvents(), {
    url: plimsoll.url,
    token: plimsoll.tokens.admin,
  });
  await plimsoll.untilRecorded();
  await first.kill();
  await plimsoll.restartRedis();
  const second = await plimsoll.startWork();

  const page = asTrigger(await receiver.next(isPage, AbortSignal.timeout(PAGED_WITHIN_MS)));
  // PagerDuty has the page, and the outbox may not know it yet.
  await second.kill();
  const swept = await plimsoll.plimsoll("run", "deliver-pages");
  assert.equal(swept.code, 0, swept.output);
  await plimsoll.startWork();
  await untilJudged(plimsoll, fleet.to);

  await t.test("the page names the key by its display, since when, and never by the raw key", () => {
    assert.equal(page.payload.source, fleet.leaked);
    assert.ok(JSON.stringify(page).includes(display));
    assert.deepEqual(findInText("pages", JSON.stringify(receiver.received), { rawKey }), []);
    const onset = Date.parse(`${page.payload.custom_details.since.slice(0, 16).replace(" ", "T")}Z`);
    const late = Math.abs(onset - fleet.leakFrom);
    assert.ok(
      late <= ONSET_WITHIN_MS,
      `the onset is ${late / MINUTE_MS} minutes off: ${page.payload.custom_details.since}`,
    );
  });

  await t.test("the log says which incident began, on which key", () => {
    const lines = plimsoll
      .logs()
      .split("\n")
      .filter((line) => line.includes('"an incident was opened"'))
      .map((line) => JSON.parse(line) as Record<string, string>);
    const ours = lines.filter((line) => page.dedup_key.includes(String(line["incident"])));
    assert.ok(ours.some(({ key, cause }) => key === fleet.leaked && cause === "leak"));
  });

  await t.test("nobody else is paged, and this key under one dedup key only", () => {
    const pages = receiver.received.flatMap(({ body }) => (body !== null && isPage(body) ? [asTrigger(body)] : []));
    assert.deepEqual([...new Set(pages.map(({ payload }) => payload.source))], [fleet.leaked]);
    assert.deepEqual([...new Set(pages.map((one) => one.dedup_key))], [page.dedup_key]);
    const open = receiver.openAlerts().filter(({ event }) => isPage(event));
    assert.deepEqual(
      open.map(({ dedupKey }) => dedupKey),
      [page.dedup_key],
    );
  });

  await t.test(
    "every minute of the last hour is judged once live, and again only for rows that came later",
    async () => {
      const runs = await readRuns(plimsoll, fleet.to);
      const ticks = [...new Set(runs.map(({ tick }) => tick))];
      assert.ok((ticks[0] ?? Infinity) * 1000 <= fleet.leakFrom, "the judged span begins before the leak");
      assert.equal(ticks.length, 1 + ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) / 60, "there is a gap");
      assert.equal(ticks.at(-1), fleet.to / 1000);
      const minutes = await plimsoll.ask<{ tick: number }>(
        "SELECT DISTINCT toUnixTimestamp(minute) + 60 AS tick FROM ingest_coverage",
      );
      const observed = new Set(minutes.map(({ tick }) => tick));
      const wrong = ticks.filter((tick) => {
        const [live, ...late] = runs.filter((run) => run.tick === tick);
        const rightly = late.every((run) => run.reason === "late" && run.rows_since > 0);
        // Of a minute without a single event nobody can say whether it was quiet or unheard.
        const ended = [live, ...late].at(-1)?.outcome;
        return live?.reason !== "live" || !rightly || ended !== (observed.has(tick) ? "evaluated" : "not_evaluated");
      });
      assert.deepEqual(wrong, []);
    },
  );
});

/** Whether it wakes a human. */
function isPage(event: ReceivedEvent): boolean {
  return event.event_action === "trigger" && ["critical", "error"].includes(asTrigger(event).payload.severity);
}

function asTrigger(event: ReceivedEvent): Trigger {
  return event as unknown as Trigger;
}

/** Waits until every minute of the fleet's last hour was judged on all its rows and every page is out. */
async function untilJudged({ ask, store }: WholePlimsoll, to: number): Promise<void> {
  await until("the last hour is judged on all its rows", async () => {
    const [row] = await ask<{ open: number; judged: number; last: number }>(
      `SELECT countIf(as_of <= last_ingested_at) AS open, count() AS judged, toUnixTimestamp(max(tick)) AS last FROM
       (SELECT tick, max(as_of) AS as_of FROM check_runs WHERE job = 'check-keys' GROUP BY tick) AS checked
       INNER JOIN (SELECT minute + 60 AS tick, max(c.last_ingested_at) AS last_ingested_at FROM ingest_coverage AS c
         WHERE minute >= ${to / 1000 - 3600} GROUP BY minute) AS heard USING (tick)`,
    );
    if (row === undefined || row.judged < 45 || row.open > 0 || row.last < to / 1000) return false;
    return (await store.page.readOutbox()).length === 0;
  });
}

/**
 * Checks of ticks up to `to` in order; `rows_since`: rows of the minute that the check before this one did not see. They carry the
 * instant at which their insert began, some seconds before they could be seen.
 */
async function readRuns({ ask }: WholePlimsoll, to: number) {
  return ask<{ tick: number; reason: string; outcome: string; rows_since: number }>(
    `SELECT toUnixTimestamp(tick) AS tick, reason, outcome,
       (SELECT 1) AS one, countIf(r.ingested_at > before - toIntervalSecond(10) AND r.ingested_at <= as_of) AS rows_since
     FROM (SELECT tick, reason, outcome, as_of, lagInFrame(as_of) OVER (PARTITION BY tick ORDER BY as_of) AS before
           FROM check_runs WHERE job = 'check-keys' AND tick <= ${to / 1000}) AS c
     LEFT JOIN (SELECT toStartOfMinute(ts) + 60 AS minute_end, ingested_at FROM requests WHERE ts >= ${to / 1000 - 7200}) AS r
       ON r.minute_end = c.tick
     GROUP BY c.tick, reason, outcome, as_of ORDER BY c.tick, as_of`,
  );
}
