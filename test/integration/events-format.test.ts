import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { openGuessingReader, openTextReader, type ReaderOptions } from "../../src/commands/import-reader.js";
import { newTotals } from "../../src/import/import-report.js";
import { readBytes } from "../../src/import/read-bytes.js";
import { readPortions, type Reader } from "../../src/import/read-portions.js";
import { readText } from "../../src/import/read-text.js";
import { splitBatches } from "../../src/import/split-batches.js";
import type { WireEvent } from "../../src/import/wire-event.js";
import { openIngest, OTHER_TOKEN, type OpenIngest } from "../helpers/open-ingest.js";
import { fixtureText, logFixtures } from "../helpers/read-fixture.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const FIXTURES = join(import.meta.dirname, "../../../test/fixtures");

interface Case {
  readonly file: string;
  readonly format: string;
  readonly options: ReaderOptions;
}

const expected = JSON.parse(fixtureText("events.json")) as Readonly<
  Record<string, { readonly key_from: string; readonly trusted_proxies: string }>
>;
const ofFormats = logFixtures().map(({ place, format }): Case => {
  const { key_from: keyFrom = "", trusted_proxies: trustedProxies = "" } = expected[place] ?? {};
  const options = { ...(keyFrom === "" ? {} : { keyFrom }), ...(trustedProxies === "" ? {} : { trustedProxies }) };
  return { file: join(FIXTURES, "formats", place), format, options };
});
const ofCloudTrail = readdirSync(join(FIXTURES, "cloudtrail"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.startsWith("README"))
  .map((entry): Case => ({ file: join(entry.parentPath, entry.name), format: "cloudtrail", options: {} }));

let own: OwnRedis | undefined;
let ingest: OpenIngest;

before(async () => {
  if (process.env["REDIS_URL"] === undefined) own = await spawnRedis();
  ingest = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "");
});
after(async () => {
  await ingest.close();
  await own?.stop();
});

async function eventsOf(file: string, reader: Reader, most: number) {
  const totals = newTotals();
  const options = { reader, byPrincipal: false, most, onRead: () => undefined };
  const events: WireEvent[] = [];
  for await (const portion of readPortions([file], options, totals)) events.push(...portion);
  return { events, rejected: Object.fromEntries(totals.rejected) };
}

async function bytesOf(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of readBytes(file, () => undefined)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const queryOf = ({ format, options }: Case) =>
  `?${new URLSearchParams({
    format,
    ...(options.keyFrom === undefined ? {} : { key_from: options.keyFrom }),
    ...(options.trustedProxies === undefined ? {} : { trusted_proxies: options.trustedProxies }),
  }).toString()}`;

const shown = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).toSorted();

/** What is stored of the events of either sender. */
async function stored() {
  const { rows } = await ingest.takeAll();
  const of = (source: string) => shown(rows.filter((row) => row["ingest_source"] === source));
  return {
    acme: of("acme"),
    other: of("other").map((row) => row.replace('"ingest_source":"other"', '"ingest_source":"acme"')),
  };
}

test("every log gives the same events through import, through try and as a body", async () => {
  assert.ok(ofFormats.length > 25 && ofCloudTrail.length > 30);
  for (const one of [...ofFormats, ...ofCloudTrail]) {
    const { file, format, options } = one;
    const read = await openTextReader(format, options, newTotals());
    const imported = await eventsOf(file, (name, onRead) => read(name, readText(name, onRead)), Infinity);
    const silent = { onGuess: () => undefined, onKeyFrom: () => undefined };
    const tried = await eventsOf(file, openGuessingReader(options, newTotals(), silent), 20_000);
    // Packed files of other kinds are no format at all to who guesses.
    assert.deepEqual(tried, imported, file);

    // The same three requests are in most of CloudTrail's files: each body is one of its own.
    const lines = [...splitBatches(imported.events)].map(({ body }) => body).join("");
    const headers = { authorization: `Bearer ${OTHER_TOKEN}`, "idempotency-key": file };
    const plain = lines === "" ? { accepted: 0, rejected: 0 } : (await ingest.post(lines, headers)).body;
    const { status, body } = await ingest.post(
      await bytesOf(file),
      { "content-type": "text/plain", "idempotency-key": file },
      queryOf(one),
    );
    const { acme, other } = await stored();
    assert.deepEqual(acme, other, file);
    const { repeated_event: repeated = 0, ...reasons } = imported.rejected;
    const isEmpty = imported.events.length === 0 && Object.keys(reasons).length === 0;
    assert.equal(status, imported.events.length > 0 || isEmpty ? 202 : 400, file);
    if (status !== 202) continue;
    const faults = Object.values(reasons).reduce((sum, count) => sum + count, Number(plain["rejected"]));
    assert.deepEqual([body["accepted"], body["rejected"]], [plain["accepted"], faults], file);
    const warnings = body["warnings"] as { warning: string; events: number }[];
    assert.equal(warnings.find(({ warning }) => warning === "repeated_record")?.events ?? 0, repeated, file);
  }
});

test("a body in the format of a log is answered like events: errors by record, warnings, repeats, heartbeats and limits", async () => {
  const line = (second: string, user: string) =>
    `198.51.100.7 - ${user} [26/Nov/2026:12:57:${second} +0000] "GET /v1/cards/42 HTTP/1.1" 200 434 "-" "curl/8"`;
  const log = [line("20", "ann"), "nonsense", line("21", "-"), line("22", "a".repeat(300)), line("23", "bob")].join(
    "\n",
  );
  const query = "?format=nginx&key_from=user";
  const first = await ingest.post(log, {}, query);
  assert.deepEqual([first.status, first.body["accepted"], first.body["rejected"]], [202, 2, 3]);
  const errors = first.body["errors"] as { line: number; reason: string }[];
  assert.deepEqual(
    errors.map(({ line: at, reason }) => [at, reason.split(":")[0]]),
    [
      [2, "not_a_record"],
      [3, "no_key"],
      [4, "bad_key_id"],
    ],
  );
  const again = await ingest.post(log, {}, query);
  assert.deepEqual([again.body["repeated"], again.body["batch"]], [true, first.body["batch"]]);
  assert.equal((await ingest.takeAll()).rows.length, 2);

  const forwarded = `${line("24", "ann")} "203.0.113.9"`;
  const warned = (await ingest.post(forwarded, {}, query)).body["warnings"] as { warning: string }[];
  assert.deepEqual(
    warned.map(({ warning }) => warning),
    ["forwarded_for_ignored"],
  );
  const believed = await ingest.post(`${forwarded}\n`, {}, `${query}&trusted_proxies=198.51.100.0/24`);
  assert.deepEqual(believed.body["warnings"], []);

  assert.deepEqual((await ingest.post("", {}, query)).body["accepted"], 0);
  assert.deepEqual((await ingest.takeAll()).heartbeats, ["acme"]);
  assert.equal((await ingest.post("nothing of it\n", {}, query)).status, 400);
  assert.equal((await ingest.post(`${line("25", "ann")}\n`.repeat(20_001), {}, query)).status, 413);
  const challenge = gzipSync('{"content":"tests"}');
  const logpush = await ingest.post(challenge, { "content-encoding": "gzip" }, "?format=cloudflare");
  assert.deepEqual([logpush.status, logpush.body["accepted"]], [202, 0], "Logpush's test of its destination");
  const cutOff = await ingest.post(challenge.subarray(0, 20), { "content-encoding": "gzip" }, "?format=cloudflare");
  assert.deepEqual([cutOff.status, cutOff.body["error"]], [400, "the body's gzip ends early"]);
  const none = await ingest.post("no gzip at all", { "content-encoding": "gzip" }, "?format=cloudflare");
  assert.deepEqual([none.status, none.body["error"]], [400, "the body is not gzip"]);
  const guessed = await ingest.post(fixtureText("kong/kong-http-log.json"), {}, "?format=auto");
  assert.deepEqual([guessed.status, guessed.body["accepted"]], [202, 1]);
});

test("a format or an option that is none is refused before the body is read, with what there is", async () => {
  for (const [query, sentence] of [
    ["?format=nonsense", /^format: must be one of auto, cloudtrail, ndjson, nginx/],
    ["?format=json", /^format: must be one of/],
    ["?format=nginx&format=apache", /^format: must be given once$/],
    ["?format=nginx&key_from=user&key_from=ip", /^key_from: must be given once$/],
    ["?key_from=user", /^key_from: only with format/],
    ["?format=nginx&key_from=thing", /^key_from: must be user, ip or header/],
    ["?format=nginx&trusted_proxies=10.0.0.0/99", /^trusted_proxies: must be networks/],
    ["?format=cloudtrail&key_from=ip", /not for cloudtrail/],
  ] as const) {
    const { status, body } = await ingest.post("x", {}, query);
    assert.equal(status, 400);
    assert.match(String(body["error"]), sentence);
  }
});
