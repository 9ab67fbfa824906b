import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWantedNetwork } from "../../src/model/network/wanted-network.js";
import { withNetworkLinks } from "../../src/web/find/network-links.js";
import { html } from "../../src/web/markup.js";

const linked = (text: string) =>
  [...html`${withNetworkLinks(text, "../")}`.text.matchAll(/href="([^"]+)">([^<]+)/g)].map(([, way, name]) => [
    way,
    name,
  ]);

test("an autonomous system, an address and a block have one name each, and what is none has no page", () => {
  const names = [
    "as64500",
    "AS 64500",
    "203.0.113.7",
    "203.0.113.7/32",
    "203.0.113.9/24",
    "::ffff:203.0.113.7",
    "2001:DB8::1",
    "2001:db8::/32",
  ];
  assert.deepEqual(
    names.map((name) => parseWantedNetwork(name)?.name),
    [
      "AS64500",
      "AS64500",
      "203.0.113.7",
      "203.0.113.7",
      "203.0.113.0/24",
      "203.0.113.7",
      "2001:db8::1",
      "2001:db8::/32",
    ],
  );
  for (const none of ["", "64500", "AS0", "AS4294967296", "0.0.0.0/0", "10.0.0", "11:14", "payments", "fe80::1%eth0"])
    assert.equal(parseWantedNetwork(none), null, none);
});

test("networks in a sentence lead to their pages; times, versions and the rest of it stay text", () => {
  assert.deepEqual(
    linked("160 requests from 203.0.113.7, AS64500 Example (hosting), since 11:14 UTC, with curl/8.1.2"),
    [
      ["../networks/203.0.113.7", "203.0.113.7"],
      ["../networks/AS64500", "AS64500"],
    ],
  );
  assert.deepEqual(linked("2001:db8::7 and 10.0.0.0/8."), [
    ["../networks/2001%3Adb8%3A%3A7", "2001:db8::7"],
    ["../networks/10.0.0.0%2F8", "10.0.0.0/8"],
  ]);
  assert.deepEqual(linked("2026-03-08T02:11:00Z ::: 999.1.1.1 AS99999999999"), []);
  assert.equal(html`${withNetworkLinks("<b>AS64500", "")}`.text, '&lt;b&gt;<a href="networks/AS64500">AS64500</a>');
});
