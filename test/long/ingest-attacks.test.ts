import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, after, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { RunningCommand } from "../helpers/logged-command.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";

const DAY_MS = 86_400_000;
const MIB = 2 ** 20;
const BODIES = 60;
const DAYS = 45;
const BOMBS = 200;
const LOG_BOMBS = 60;

let whole: WholePlimsoll;
let serve: RunningCommand;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  // No quota of partitions: the lane alone has to hold.
  const env = { PLIMSOLL_TOKEN_PARTITIONS_PER_SECOND: "0", PLIMSOLL_BATCH_MAX_WAIT_MS: "300" };
  whole = await startWholePlimsoll({ after: (end) => void ends.push(end) }, { env });
  serve = await whole.startServe();
  await whole.startWork();
});
after(async () => {
  for (const end of ends) await end();
});

const countOf = async (where: string) =>
  (await whole.ask<{ n: number }>(`SELECT toUInt32(count()) AS n FROM requests WHERE ${where}`))[0]?.n ?? 0;
const line = (key: string, ts: number, id: string) => JSON.stringify({ ts, key_id: key, id });

test(`${BODIES} bodies of ${DAYS} days each keep no live event waiting, and are there once in the end`, async (context) => {
  const now = Date.now();
  const old = (n: number) =>
    Array.from({ length: DAYS }, (_, day) => line("key_old", now - (day + 1) * DAY_MS, `old-${n}-${day}`)).join("\n");
  const other = { authorization: `Bearer ${whole.tokens.other}` };
  const answers = await Promise.all(Array.from({ length: BODIES }, (_, n) => whole.post(old(n))));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
  const delays: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const sentAt = performance.now();
    assert.equal((await whole.post(line("key_live", Date.now(), `live-${n}`), other)).status, 202);
    await until("the live event is recorded", async () => (await countOf(`id = 'live-${n}'`)) === 1);
    delays.push((performance.now() - sentAt) / 1000);
  }
  const startedAt = performance.now();
  await whole.untilRecorded(60_000);
  const drained = ((performance.now() - startedAt) / 1000).toFixed(1);
  context.diagnostic(
    `live events were there after ${delays.map((s) => s.toFixed(1)).join(", ")} s, the old ones ${drained} s later`,
  );
  assert.ok(Math.max(...delays) < 15, String(delays));
  assert.equal(await countOf("key_id = 'key_old'"), BODIES * DAYS);
  const [sums] = await whole.ask<{ n: number }>(
    "SELECT toUInt32(sum(requests)) AS n FROM usage_per_day WHERE key_id = 'key_old'",
  );
  assert.equal(sums?.n, BODIES * DAYS);
});

test(`serve stays small under ${BOMBS} gzip bombs at once, answers meanwhile, and takes a good body of another token`, async (context) => {
  const bomb = gzipSync(
    Buffer.concat([Buffer.from(line("key_bomb", Date.now(), "bomb")), Buffer.alloc(10 * MIB - 200, "\n")]),
  );
  const bombs = Promise.all(
    Array.from({ length: BOMBS }, () => whole.post(bomb, { "content-encoding": "gzip" }).then(({ status }) => status)),
  );
  const other = { authorization: `Bearer ${whole.tokens.other}` };
  assert.equal((await whole.post(line("key_live", Date.now(), "beside bombs"), other)).status, 202);
  const statuses = await bombs;
  assert.deepEqual(new Set(statuses), new Set([202, 429]));
  const [, peakKib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${serve.pid}/status`, "utf8")) ?? [];
  const taken = statuses.filter((status) => status === 202).length;
  context.diagnostic(
    `${taken} of ${BOMBS} bombs of ${bomb.length} bytes were unpacked; serve took ${Number(peakKib) / 1024} MB at most`,
  );
  assert.ok(Number(peakKib) / 1024 < 400, `${peakKib} KiB`);
});

test(`serve stays small under ${LOG_BOMBS} logs at once that become half a million objects each, and takes a good body of another token`, async (context) => {
  const objects = `[${"{},".repeat(499_900)}{}]`;
  const ways = [
    ["/v1/events?format=cloudtrail", gzipSync(objects)],
    ["/v1/otlp/v1/logs", gzipSync(`{"resourceLogs":${objects}}`)],
    [
      "/v1/firehose?format=cloudtrail",
      gzipSync(JSON.stringify({ records: [{ data: gzipSync(objects).toString("base64") }] })),
    ],
  ] as const;
  const headers = {
    authorization: `Bearer ${whole.tokens.ingest}`,
    "content-type": "application/json",
    "content-encoding": "gzip",
    "x-amz-firehose-access-key": whole.tokens.ingest,
  };
  const bombs = Promise.all(
    Array.from({ length: LOG_BOMBS }, async (_, n) => {
      const [path, bomb] = ways[n % ways.length]!;
      const init = {
        method: "POST",
        body: new Uint8Array(bomb),
        headers: { ...headers, "x-amz-firehose-request-id": `${n}` },
      };
      return fetch(whole.url + path, init).then(({ status }) => status);
    }),
  );
  const other = { authorization: `Bearer ${whole.tokens.other}` };
  assert.equal((await whole.post(line("key_live", Date.now(), "beside logs"), other)).status, 202);
  const statuses = await bombs;
  assert.deepEqual(new Set([...statuses, 200, 413, 429]), new Set([200, 413, 429]));
  const [, peakKib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${serve.pid}/status`, "utf8")) ?? [];
  context.diagnostic(
    `${statuses.filter((status) => status !== 429).length} were read; serve took ${Number(peakKib) / 1024} MB at most`,
  );
  assert.ok(Number(peakKib) / 1024 < 500, `${peakKib} KiB`);
});

test("what one token's repeats are recognised by stays within its share of Redis: it is told so, and another token goes on", async () => {
  await whole.redis.config("SET", "maxmemory", String(10 * MIB));
  // Repeats of bodies with errors are answered with these, which takes the most.
  const bad = Array.from({ length: 20 }, () => '{"ts":"never"}').join("\n");
  let sent = 0;
  let refused = "";
  const send = async (): Promise<void> => {
    while (refused === "" && sent < 20_000) {
      sent += 1;
      const { status, body } = await whole.post(`${line("key_greedy", Date.now(), `greedy-${sent}`)}\n${bad}`);
      if (status !== 202) refused = `${status}: ${String(body["error"])}`;
    }
  };
  await Promise.all(Array.from({ length: 20 }, send));
  assert.match(
    refused,
    /^429: the memory for recognising repeats of this token's bodies of the last 24 hours is full \(2 MB\)/,
  );
  const other = { authorization: `Bearer ${whole.tokens.other}` };
  assert.equal((await whole.post(line("key_live", Date.now(), "beside the greedy"), other)).status, 202);
});
