import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { MINUTE, unknownSourcesLeak } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openOutboxStory, type OutboxStory } from "../helpers/outbox-story.js";
import { runCli } from "../helpers/run-cli.js";

const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;
let story = undefined as unknown as OutboxStory;

before(async () => {
  story = await openOutboxStory();
  await story.store.registry.insertKeys([keyVersion({ keyId: "home" })], "test");
});
after(() => story.close());

const leakAt = (address: string, at: number) =>
  story.find([{ ...unknownSourcesLeak("home", address, at), asOf: Date.now() }]);
const expectIt = async (incident: string) =>
  runCli(["incidents", "expect", incident, "--note", "scan", "--network", "203.0.113.5"], {
    CLICKHOUSE_URL: story.clickhouseUrl,
    USER: "ana",
  });
const kinds = async () =>
  (
    await story.ask<{ kind: string }>(
      "SELECT kind FROM incident_transitions WHERE kind NOT IN ('quieted', 'updated') ORDER BY incident_id, sequence",
    )
  ).map(({ kind }) => kind);

test("a suppression of a part of what goes on leaves the incident open, and what it does not cover keeps it so", async () => {
  const at = NOW - 4 * MINUTE;
  const incident = `leak/home/${new Date(at).toISOString().slice(0, 16).replace(/[-:]/g, "")}`;
  await leakAt("203.0.113.5", at);
  await leakAt("198.51.100.9", at + MINUTE);
  const { stdout } = await expectIt(incident);
  assert.match(stdout, /^leak\/home\/\S+ stays open: its newest finding blames others as well$/m);
  await leakAt("203.0.113.5", at + 2 * MINUTE);
  assert.deepEqual(await kinds(), ["opened"]);
  assert.equal((await expectIt(incident)).code, 0);
  assert.deepEqual(await kinds(), ["opened", "resolved"]);
});
