import { test } from "node:test";
import type { ReceivedEvent } from "../../src/local/pagerduty/protocol.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";
import { until } from "../helpers/until.js";

const MINUTE = 60_000;
const OUTAGE_MS = 3 * MINUTE;

test("Redis is killed for three minutes: serve's own watch pages within two, ends it after, and every minute is judged", async (t) => {
  const plimsoll = await startWholePlimsoll(t, { env: { PLIMSOLL_SETTLE_SECONDS: "5" } });
  await plimsoll.startServe();
  await plimsoll.startWork();
  const lost: string[] = [];
  const send = async () => {
    const event = { ts: new Date().toISOString(), key_id: "k", source_ip: "10.0.0.1", id: String(Math.random()) };
    const answer = await plimsoll.post(`${JSON.stringify(event)}\n`).catch(() => null);
    if (answer === null || answer.status >= 500) lost.push(JSON.stringify(event));
  };
  const sending = setInterval(() => void send(), 2000);
  t.after(() => clearInterval(sending));
  await until("a minute was checked", async () => (await plimsoll.store.check.readCheckCursor()) !== null, 3 * MINUTE);
  const is = (action: string) => (event: ReceivedEvent) =>
    event.event_action === action && event.dedup_key?.startsWith("plimsoll/coverage/part/redis/") === true;
  const down = Date.now();
  await plimsoll.killRedis();
  await plimsoll.receiver.next(is("trigger"), AbortSignal.timeout(2 * MINUTE));
  t.diagnostic(`paged after ${((Date.now() - down) / 1000).toFixed(0)} s`);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, OUTAGE_MS - (Date.now() - down))));
  await plimsoll.restartRedis();
  const back = Date.now();
  // The sender does what it was told to: what got a 503 is sent again.
  for (const event of lost.splice(0))
    await until("what was lost is taken", async () => (await plimsoll.post(`${event}\n`)).status === 202);
  await plimsoll.receiver.next(is("resolve"), AbortSignal.timeout(10 * MINUTE));
  t.diagnostic(`ended ${((Date.now() - back) / 1000).toFixed(0)} s after Redis was back`);
  await until(
    "every minute of the outage is judged",
    async () => {
      const [row] = await plimsoll.ask<{ ticks: number; open: number }>(
        `SELECT uniqExact(tick) AS ticks, uniqExact(tick) - uniqExactIf(tick, outcome = 'evaluated') AS open FROM check_runs
         WHERE job = 'check-keys' AND tick > toDateTime(${Math.ceil(down / 1000)}) AND tick <= toDateTime(${Math.floor(back / 1000)})`,
      );
      return row !== undefined && row.ticks >= 2 && row.open === 0;
    },
    3 * MINUTE,
  );
});
