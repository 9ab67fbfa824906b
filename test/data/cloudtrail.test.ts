import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readText } from "../../src/import/read-text.js";
import { readCloudTrail } from "../../src/import/cloudtrail.js";
import { listLogFiles } from "../../src/import/list-log-files.js";
import { orderEvents } from "../../src/import/order-events.js";
import type { ImportedRecord, WireEvent } from "../../src/import/wire-event.js";
import { looksLikeSecret } from "../../src/text/secret/secret-shape.js";

// `npm run test:data -- --data DIR` sets it; without the data there is nothing to say about them, so that fails.
const dataFolder = process.env["TEST_DATA_DIR"] ?? "";

async function readAll(paths: readonly string[]): Promise<ImportedRecord[]> {
  const found: ImportedRecord[] = [];
  for (const file of (await listLogFiles(paths)).files)
    for await (const one of readCloudTrail(
      file,
      readText(file, () => undefined),
    ))
      found.push(one);
  return found;
}

const eventsOf = (found: readonly ImportedRecord[]): WireEvent[] =>
  found.flatMap((one) => ("event" in one ? [one.event] : []));
const reasonsOf = (found: readonly ImportedRecord[]): string[] =>
  found.flatMap((one) => ("event" in one ? [] : [one.rejected]));

describe("CloudTrail of an attack exercise (invictus 2023)", () => {
  let folder = "";
  let found: ImportedRecord[] = [];
  before(async () => {
    assert.notEqual(dataFolder, "", "TEST_DATA_DIR is not set: npm run test:data -- --data DIR");
    folder = mkdtempSync(join(tmpdir(), "plimsoll-data-"));
    execFileSync("tar", ["-xzf", join(dataFolder, "cloudtrail-invictus-2023.tgz"), "-C", folder]);
    found = await readAll([folder]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("every record becomes an event but the 85 that name no access key", () => {
    assert.equal(found.length, 2900);
    assert.deepEqual(
      reasonsOf(found),
      Array.from({ length: 85 }, () => "no_access_key_id"),
    );
    assert.equal(orderEvents(eventsOf(found)).events.length, 2815);
    assert.equal(new Set(eventsOf(found).map((event) => event.key_id)).size, 133);
  });

  it("the service names in the place of an address are all kept for ingest to count", async () => {
    const { files } = await listLogFiles([folder]);
    const records = files.flatMap((file) => (JSON.parse(readFileSync(file, "utf8")) as { Records: object[] }).Records);
    const named = (records as { sourceIPAddress: string; userIdentity: { accessKeyId?: string } }[]).filter(
      (record) => isIP(record.sourceIPAddress) === 0,
    );
    assert.equal(named.length, 353);
    const ofEvents = eventsOf(found).filter((event) => isIP(event.source_ip ?? "") === 0);
    assert.equal(ofEvents.length, named.filter((record) => record.userIdentity.accessKeyId !== undefined).length);
  });

  it("no event has a token, a secret or anything of a request's or an answer's body", () => {
    const events = eventsOf(found);
    const names = new Set(events.flatMap((event) => Object.keys(event)));
    const allowed = "ts key_id id source_ip method route status scope user_agent region service".split(" ");
    assert.deepEqual(
      [...names].filter((name) => !allowed.includes(name)),
      [],
    );
    for (const event of events) {
      assert.doesNotMatch(JSON.stringify(event), /REDACTED|sessionToken|secretAccessKey|[A-Za-z0-9+/]{200}/);
      assert.ok(Object.values(event).every((value) => !looksLikeSecret(String(value))));
    }
  });

  it("the stolen instance-role key is seen from another address than the instance's own", () => {
    const addressesOf = (key: string) =>
      new Set(
        eventsOf(found)
          .filter((event) => event.key_id === key)
          .map((event) => event.source_ip),
      );
    const stolen = addressesOf("ASIATFQR7NSC36DZQP7P");
    assert.ok(stolen.size > 0);
    assert.ok([...addressesOf("ASIATFQR7NSCSHSEVYP5")].every((address) => !stolen.has(address)));
  });
});

describe("flattened CloudTrail of published data sets", () => {
  for (const [name, events, withoutKey] of [
    ["otrf_ec2_proxy_s3_exfil.ndjson.gz", 98, 5],
    ["stratus_docs_detonation.ndjson.gz", 309, 1],
  ] as const) {
    it(`${name}: every line becomes an event or names no access key`, async () => {
      const found = await readAll([join(dataFolder, name)]);
      assert.equal(eventsOf(found).length, events);
      assert.deepEqual(
        reasonsOf(found),
        Array.from({ length: withoutKey }, () => "no_access_key_id"),
      );
    });
  }

  it("the exercise's stolen key and its operations are among them", async () => {
    const found = eventsOf(await readAll([join(dataFolder, "otrf_ec2_proxy_s3_exfil.ndjson.gz")]));
    const stolen = orderEvents(found).events.filter((event) => event.key_id === "ASIA5FLZVX4OPVKKVBMX");
    assert.equal(stolen[0]?.ts.slice(0, 16), "2020-09-14T01:00");
    assert.ok(stolen.some((event) => event.scope === "s3:GetObject"));
  });
});
