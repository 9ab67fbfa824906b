import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";
import { until } from "../helpers/until.js";
import { meterAttack, type AttackFigures } from "./attack-meter.js";
import { fillHistory, isPageOfTheft, NETWORKS, sendTraffic } from "./honest-fleet.js";

const MINUTE_MS = 60_000;
const ATTACK_MS = Number(process.env["ATTACK_MINUTES"] ?? 15) * MINUTE_MS;
const LONGEST_STAND_SECONDS = 120;

/** What attackers do until the signal says that it is over. */
export type Attack = (plimsoll: WholePlimsoll, signal: AbortSignal) => Promise<void>;

/** Attacks a Plimsoll at work for a while: its checks go on, and a key that is stolen meanwhile is paged. */
export async function attackWith(
  t: TestContext,
  attack: Attack,
  prepare?: (plimsoll: WholePlimsoll, now: number) => Promise<void>,
): Promise<AttackFigures> {
  const plimsoll = await startWholePlimsoll(t, {
    ownClickHouse: true,
    networks: NETWORKS,
    env: { PLIMSOLL_LOG_LEVEL: "info", PLIMSOLL_BATCH_MAX_WAIT_MS: "1000" },
  });
  await fillHistory(plimsoll, Date.now());
  await prepare?.(plimsoll, Date.now());
  const serve = await plimsoll.startServe();
  const work = await plimsoll.startWork();
  const traffic = sendTraffic(plimsoll);
  t.after(() => traffic.stop());
  const preparedAt = Date.now();
  await until("the fleet is learned and checked", async () => isAtWork(plimsoll), 30 * MINUTE_MS);
  t.diagnostic(`at work after ${Math.round((Date.now() - preparedAt) / 1000)} s`);
  const meter = meterAttack(plimsoll, { serve: serve.pid, work: work.pid });
  const end = new AbortController();
  const attacking = attack(plimsoll, end.signal);
  await pause(ATTACK_MS / 4);
  const stolenAt = Date.now();
  traffic.steal();
  const paged = until(
    "the theft is paged",
    () => plimsoll.receiver.received.find(({ body }) => isPageOfTheft(body)),
    ATTACK_MS,
  );
  await pause((ATTACK_MS * 3) / 4);
  end.abort();
  await attacking;
  const page = await paged.catch(() => null);
  const figures = await meter.stop();
  await traffic.stop();
  const pagedAfterSeconds = page === null ? null : Math.round((page.at.getTime() - stolenAt) / 1000);
  const honest = {
    longestAnswerMs: traffic.longestAnswerMs(),
    refused: traffic.refused(),
    accepted: traffic.accepted(),
  };
  t.diagnostic(JSON.stringify({ ...figures, pagedAfterSeconds, honest }));
  assert.ok(figures.longestStandSeconds <= LONGEST_STAND_SECONDS, `checks stood for ${figures.longestStandSeconds} s`);
  assert.ok(pagedAfterSeconds !== null, "the theft was not paged");
  return figures;
}

/** True once every closed day is learned and a live check has used it. */
async function isAtWork(plimsoll: WholePlimsoll): Promise<boolean> {
  const [row] = await plimsoll.ask<{ used: number }>(
    `SELECT count() AS used FROM check_runs WHERE job = 'check-keys' AND reason = 'live' AND outcome = 'evaluated' AND baseline_day = yesterday() AND tick >= now() - 180`,
  );
  return (row?.used ?? 0) > 0;
}

/** A refused request of a key, as NDJSON. */
export function eventOf(keyId: string, at: number): string {
  return JSON.stringify({ ts: new Date(at).toISOString(), key_id: keyId, source_ip: "192.0.2.77", status: 401 });
}

/** Headers of a sender that is not the honest one. */
export const otherSender = ({ tokens }: WholePlimsoll) => ({ authorization: `Bearer ${tokens.other}` });

/** Waits, or until the attack is over. */
export async function pauseWithin(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
