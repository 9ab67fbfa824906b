import assert from "node:assert/strict";
import { test } from "node:test";
import { suppressionOf } from "../../src/incident/is-suppressed.js";
import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import type { SuppressionRevision } from "../../src/model/incident/suppression.js";
import { DAY, finding, HOUR, T, type FindingChange } from "../helpers/incident-parts.js";

/** A suppression of leaks of the key k from 203.0.113.0/24, from an hour ago for a day. */
const SUPPRESSION: SuppressionRevision = {
  suppressionId: "one",
  revision: 1,
  action: "recorded",
  incidentId: "leak/k/1",
  keyId: "k",
  cause: "leak",
  subject: null,
  networks: ["203.0.113.0/24"],
  from: T - HOUR,
  until: T + DAY,
  statedUntil: T + DAY,
  recordedAt: T,
  actor: "ana",
  note: "",
};
/** Another subject than the key itself. */
const X = { kind: "network", network: "203.0.113.0/24" } as const;
const from = (...addresses: string[]) => ({ statistics: blameStatistics(addresses) });
const INSIDE = from("203.0.113.7");
const NOWHERE = from();
const unnamed = { statistics: { blamed_addresses: 400, blamed_networks: null } };

const TABLE: readonly (readonly [string, FindingChange, Partial<SuppressionRevision>, boolean])[] = [
  ["the same cause, key, network and time", INSIDE, {}, true],
  ["several addresses of the network", from("203.0.113.7", "203.0.113.200"), {}, true],
  ["another severity and score", { ...INSIDE, severity: "critical", score: 99 }, {}, true],
  ["another observer", { ...INSIDE, observedBy: "caller" }, {}, true],
  ["another cause", { ...INSIDE, cause: "outside_allowed" }, {}, false],
  ["another key", { ...INSIDE, keyId: "l" }, {}, false],
  [
    "a network of which the key is a part",
    { ...INSIDE, subject: { kind: "network", network: "203.0.113.0/24" } },
    {},
    false,
  ],
  ["the subject that was suppressed", { ...INSIDE, subject: X }, { subject: X }, true],
  ["its first tick", { ...INSIDE, tick: T - HOUR }, {}, true],
  ["a tick before it", { ...INSIDE, tick: T - HOUR - 1000 }, {}, false],
  ["its last tick", { ...INSIDE, tick: T + DAY - 1000 }, {}, true],
  ["the tick at its end", { ...INSIDE, tick: T + DAY }, {}, false],
  ["a withdrawn one", INSIDE, { action: "withdrawn", from: T, until: T, statedUntil: T }, false],
  ["another address", from("198.51.100.1"), {}, false],
  ["one address of many outside", from("203.0.113.7", "198.51.100.1"), {}, false],
  ["an address of IPv6 for a block of IPv4", from("2001:db8::1"), {}, false],
  ["an address of IPv6 in its block", from("2001:db8::1"), { networks: ["2001:db8::/32"] }, true],
  [
    "two networks, an address of each",
    from("203.0.113.7", "198.51.100.1"),
    { networks: ["203.0.113.0/24", "198.51.100.1"] },
    true,
  ],
  ["a block that is no wider than the one address", INSIDE, { networks: ["203.0.113.7/32"] }, true],
  ["a block narrower than what is blamed", from("203.0.113.7", "203.0.113.9"), { networks: ["203.0.113.7"] }, false],
  ["a network that cannot be read", INSIDE, { networks: ["somewhere"] }, false],
  ["no sources, and none suppressed", NOWHERE, { networks: [] }, true],
  ["no sources, but networks suppressed", NOWHERE, {}, false],
  ["sources, but none suppressed", INSIDE, { networks: [] }, false],
  ["sources that it cannot name", unnamed, {}, false],
  ["sources that it cannot name, and none suppressed", unnamed, { networks: [] }, false],
  ["requests without an address", from("no address"), {}, false],
  ["requests without an address, as these are suppressed", from("no address"), { networks: ["::"] }, true],
];

for (const [name, found, changed, isHidden] of TABLE)
  test(`a suppression ${isHidden ? "hides" : "does not hide"} a finding of ${name}`, () => {
    const one = finding("error", found.tick ?? T, found);
    const suppression = { ...SUPPRESSION, ...changed };
    assert.equal(suppressionOf(one, [suppression]), isHidden ? suppression : null);
  });

test("of several suppressions one that hides all of a finding is enough, and two that hide a half each are not", () => {
  const other = { ...SUPPRESSION, suppressionId: "other", networks: ["198.51.100.0/24"] };
  assert.equal(suppressionOf(finding("error", T, from("198.51.100.1")), [SUPPRESSION, other]), other);
  assert.equal(suppressionOf(finding("error", T, from("203.0.113.7", "198.51.100.1")), [SUPPRESSION, other]), null);
  assert.equal(suppressionOf(finding("error", T, INSIDE), []), null);
});
