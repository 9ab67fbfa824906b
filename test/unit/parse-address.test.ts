import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseAddress } from "../../src/model/network/parse-address.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { rules } from "../helpers/ingest-rules.js";

const base = { ts: 1, key_id: "key_1" };

test("one address has one text, and what is not an address is stored as none and counted", () => {
  const same: readonly (readonly [string, string | null])[] = [
    ["203.0.113.9", "::ffff:203.0.113.9"],
    ["::ffff:203.0.113.9", "::ffff:203.0.113.9"],
    ["::FFFF:cb00:7109", "::ffff:203.0.113.9"],
    ["2001:0DB8::0:1", "2001:db8::1"],
    ["fe80::1%eth0", null],
    ["203.0.113.09", null],
    ["203.0.113.256", null],
    ["203.0.113", null],
    ["203.0.113.9:443", null],
    ["1.2.3.4.5", null],
    ["ec2.amazonaws.com", null],
    ["not-an-ip\n", null],
    ["::", null],
  ];
  for (const [text, canonical] of same) assert.equal(parseAddress(text), canonical, text);
  fc.assert(fc.property(fc.ipV4(), (text) => parseAddress(text) === `::ffff:${text}`));
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const once = parseAddress(text);
      return once === null || parseAddress(once) === once;
    }),
  );
  const service = parseRequestEvent({ ...base, source_ip: "s3.amazonaws.com" }, rules());
  assert.ok(service.kind === "event" && service.event.sourceIp === null);
  assert.deepEqual(service.notes, ["not_an_address"]);
  const none = parseRequestEvent({ ...base, source_ip: null }, rules());
  assert.deepEqual(none.kind === "event" && none.notes, ["no_address"]);
});
