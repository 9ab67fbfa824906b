import assert from "node:assert/strict";
import { test } from "node:test";
import { welcome } from "../../src/commands/welcome.js";
import { readConfig } from "../../src/config.js";

const url = "http://127.0.0.1:8787";

test("up offers a first event to who has sent none, and never to who has", () => {
  const config = readConfig({});
  const first = welcome(url, "/srv/data", config, null);
  assert.match(
    first,
    /send an event.*\n +curl -i http:\/\/127\.0\.0\.1:8787\/v1\/events [^]*my-first-key[^]* doctor --data/,
  );
  const at = Date.UTC(2026, 2, 8, 2, 11);
  const again = welcome(url, "/srv/data", config, { source: "gateway", writtenAt: at, minuteAt: at });
  assert.doesNotMatch(again, /my-first-key|send an event/);
  assert.match(
    again,
    /last source to report was gateway; events are recorded up to 2026-03-08 02:11 UTC\.\n[^]* keys list --data[^]* doctor --data/,
  );
});
