import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openIngest, OTHER_TOKEN, type OpenIngest } from "../helpers/open-ingest.js";
import { spawnRedis, type OwnRedis } from "../helpers/spawn-redis.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const line = (fields: object) => JSON.stringify({ ts: AT, key_id: "key_1", ...fields });

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

test("what a body needed to be read is told in the answer, with how many events it is about", async () => {
  const body = [
    line({ source_ip: "203.0.113.7:443" }),
    line({ source_ip: "198.51.100.1, 203.0.113.9" }),
    line({ source_ip: "s3.amazonaws.com", status: 0 }),
    line({ source_ip: "s3.amazonaws.com", ts: AT * 1e6 }),
  ].join("\n");
  const { status, body: answer } = await ingest.post(body, { "content-type": "application/ndjson" });
  assert.deepEqual([status, answer["accepted"]], [202, 4]);
  const warnings = answer["warnings"] as { warning: string; events: number; message: string }[];
  assert.deepEqual(
    warnings.map(({ warning, events }) => [warning, events]),
    [
      ["not_an_address", 2],
      ["address_list", 1],
      ["status_zero", 1],
      ["ts_in_nanoseconds", 1],
    ],
  );
  assert.ok(
    warnings.every(({ message }) => /^(source_ip|status|ts): /.test(message) && !message.includes("amazonaws")),
  );
  assert.deepEqual((await ingest.post(line({ source_ip: "203.0.113.7", region: "fine" }))).body["warnings"], []);
});

test("an id alone is no repeat unless it is asked for; then each event that came before is left out and counted", async () => {
  const body = (...ids: string[]) => ids.map((id) => line({ id, source_ip: "203.0.113.7" })).join("\n");
  assert.equal((await ingest.post(body("off-1", "off-2"))).body["accepted"], 2);
  assert.equal((await ingest.post(body("off-2", "off-3"))).body["accepted"], 2);
  const asked = await openIngest(process.env["REDIS_URL"] ?? own?.url ?? "", { deduplicateIds: true });
  try {
    const counts = async (text: string, headers?: Record<string, string>) => {
      const { accepted, rejected, repeated, repeated_events = 0 } = (await asked.post(text, headers)).body;
      return [accepted, rejected, repeated, repeated_events];
    };
    assert.deepEqual(await counts(body("a", "b")), [2, 0, false, 0]);
    assert.deepEqual(await counts(body("b", "c", "c")), [1, 0, false, 2]);
    assert.deepEqual(await counts(body("b", "c", "c")), [1, 0, true, 2], "the same body is answered as the first was");
    assert.deepEqual(await counts(body("a", "b", "c")), [0, 0, false, 3]);
    assert.deepEqual(await counts(line({ region: "no id" })), [1, 0, false, 0]);
    assert.deepEqual(await counts(line({ id: "a", key_id: "key_2" })), [1, 0, false, 0], "another key's request");
    assert.deepEqual(await counts(line({ id: "a" }), { authorization: `Bearer ${OTHER_TOKEN}` }), [1, 0, false, 0]);
    const day = { observed_by: "provider", ts: AT - 60_000, count: 48, bucket_minutes: 1440 };
    assert.deepEqual(await counts(line({ id: "day", ...day })), [1, 0, false, 0]);
    assert.deepEqual(await counts(`${line({ id: "day", ...day })}\n${line({ id: "z" })}`), [1, 0, false, 1]);
    const rows = (await asked.takeAll()).rows.map((row) => String(row["id"]));
    assert.deepEqual(
      rows.filter((id) => id !== "day").toSorted((one, other) => (one < other ? -1 : 1)),
      ["", "a", "a", "a", "b", "c", "z"],
    );
    assert.equal(rows.filter((id) => id === "day").length, 24);

    const together = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => asked.post(body("same", `own-${index}`))),
    );
    assert.equal(
      together.reduce((total, answer) => total + Number(answer.body["accepted"]), 0),
      21,
    );
    const many = Array.from({ length: 3_000 }, (_, index) => `m${index}`);
    assert.deepEqual(await counts(body(...many)), [3_000, 0, false, 0]);
    assert.deepEqual(await counts(body("n", ...many.toReversed())), [1, 0, false, 3_000]);
  } finally {
    await asked.close();
  }
});
