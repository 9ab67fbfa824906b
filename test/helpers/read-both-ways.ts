import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { parseRequestEvent, type EventRules } from "../../src/model/event/parse-request-event.js";
import { readUsualEvent } from "../../src/model/event/usual/read-usual-event.js";

/** Reads a line from its bytes and as JSON; whether it was read from its bytes. Fails where that gives another event than JSON does. */
export function readBothWays(line: Buffer, rules: EventRules): boolean {
  // A body goes on before and behind a line: nothing of it may be read.
  const body = Buffer.concat([Buffer.from('{"ts":1,'), line, Buffer.from(',"status":500}')]);
  const usual = readUsualEvent(body, 8, 8 + line.length, rules);
  if (usual === null) return false;
  const text = line.toString();
  assert.ok(isUtf8(line), text);
  const parsed = parseRequestEvent(JSON.parse(text), rules);
  assert.deepEqual(parsed, { kind: "event", event: usual, notes: [], bucketMinutes: 0 }, text);
  return true;
}
