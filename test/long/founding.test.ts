import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readKeyFounding, foundingText } from "../../src/pipeline/view/key-founding.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const NOW = Date.parse("2026-03-21T12:00:00Z");
/** A new key of this morning, and twenty days before it. */
const BORN = NOW - 6 * HOUR;
const OLD = NOW - 20 * DAY;
let checks = undefined as unknown as OpenChecks;

/** One request of a key from an address at an instant. */
const use = async (keyId: string, address: string, asn: number, at: number, route = "/v1/x") =>
  checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, route, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${at})), '${keyId}', 'gateway', toIPv6('::ffff:${address}'), ${asn}, 'hosting', 200, 1, '${route}', 'gw', true`,
  });

/** Levels at which something is new to a key, by address or route; and how its first days are judged. */
async function newTo(keyId: string, held: { keys: string[]; days: number[] } = { keys: [], days: [] }) {
  const registry = { at: NOW, visible: Date.now() + HOUR };
  const hour = Math.floor(NOW / HOUR) * HOUR;
  const context = { held, registry, lineages: new Map(), hour, until: NOW, keys: [keyId] };
  const facts = await checks.store.check.readNoveltyFacts(context, null);
  const span = { from: hour - DAY, until: hour, stepMs: MINUTE };
  const traffic = await checks.store.check.readNovelTraffic(facts, span, null);
  const levels = Object.fromEntries(traffic.map(({ value, levels: own }) => [value, own.join(" ")]));
  return { levels, firstDays: traffic[0]?.firstDays ?? null };
}

const EVERYTHING = "asn_hosting net16 net24 ip";

before(async () => {
  checks = await openChecks();
  const version = (keyId: string, more: object = {}) => keyVersion({ keyId, validFrom: BORN, ...more });
  await checks.store.registry.insertKeys(
    [
      version("of-team", { owner: "team", service: "shop", provider: "cloud" }),
      version("of-shop", { owner: "other", service: "shop", provider: "cloud" }),
      version("of-cloud", { owner: "", service: "", provider: "cloud" }),
      version("young-of-team", { owner: "fresh", service: "shop" }),
      version("new-of-team", { owner: "team", service: "shop" }),
      version("new-of-fresh", { owner: "fresh", service: "shop" }),
      version("new-of-cloud", { provider: "cloud" }),
      version("confined", { owner: "team", allowedCidrs: ["198.51.100.0/24"] }),
      version("slept", { owner: "team", createdAt: BORN - 3 * DAY }),
    ],
    "keys",
  );
  await use("of-team", "203.0.113.1", 64_501, OLD);
  await use("of-shop", "203.0.114.1", 64_502, OLD);
  await use("of-cloud", "203.0.115.1", 64_503, OLD);
  await use("nobody-knows", "203.0.116.1", 64_504, OLD);
  await use("young-of-team", "203.0.117.1", 64_505, NOW - 8 * DAY);
  // Six days are too few to be known.
  await use("of-team", "198.18.1.1", 64_506, BORN - 6 * DAY);
  for (const key of ["new-of-team", "new-of-fresh", "new-of-cloud", "unregistered", "confined", "slept"]) {
    for (const [i, at] of [113, 114, 115, 116].entries()) await use(key, `203.0.${at}.7`, 64_501 + i, BORN);
    await use(key, "198.18.1.1", 64_506, BORN);
    await use(key, "198.51.100.9", 64_507, BORN);
  }
});
after(() => checks.close());

test("of what a new key meets only what its owner's other keys have used for a week founds it, each address as far as they know it", async () => {
  const { levels, firstDays } = await newTo("new-of-team");
  assert.deepEqual(levels, {
    "203.0.113.7": "ip",
    // Their /16 is the owner's.
    "203.0.114.7": "asn_hosting net24 ip",
    "203.0.115.7": "asn_hosting net24 ip",
    "203.0.116.7": "asn_hosting net24 ip",
    "198.18.1.1": EVERYTHING,
    "198.51.100.9": EVERYTHING,
  });
  assert.deepEqual(firstDays, { until: BORN + 2 * DAY, kind: "new", peers: "owner" });
});

test("where the owner has no older key the service's count, then the provider's, then all", async () => {
  const ofService = await newTo("new-of-fresh");
  assert.equal(ofService.firstDays?.peers, "service");
  assert.deepEqual([ofService.levels["203.0.114.7"], ofService.levels["203.0.113.7"]], ["ip", "ip"]);
  assert.equal(ofService.levels["203.0.115.7"], "asn_hosting net24 ip");
  const ofProvider = await newTo("new-of-cloud");
  assert.equal(ofProvider.firstDays?.peers, "provider");
  assert.deepEqual(
    [ofProvider.levels["203.0.115.7"], ofProvider.levels["203.0.116.7"]],
    ["ip", "asn_hosting net24 ip"],
  );
  const ofFleet = await newTo("unregistered");
  assert.equal(ofFleet.firstDays?.peers, "fleet");
  assert.equal(ofFleet.levels["203.0.116.7"], "ip");
});

test("days on which a network did not age with the key that used it make it no better known to others", async () => {
  const week = { keys: ["of-team"], days: [14] };
  assert.equal((await newTo("new-of-team", week)).levels["203.0.113.7"], EVERYTHING);
});

test("allowed networks alone found a key that has them, and nothing founds one that was created two days before its first use", async () => {
  const confined = await newTo("confined");
  assert.deepEqual([confined.levels["198.51.100.9"], confined.firstDays], [undefined, null]);
  assert.match(confined.levels["203.0.113.7"] ?? "", /asn_hosting.*outside_allowed/);
  const slept = await newTo("slept");
  assert.deepEqual(slept.firstDays, { until: BORN + 2 * DAY, kind: "dormant", peers: null });
  assert.deepEqual([slept.levels["203.0.113.7"], slept.levels["/v1/x"]], [EVERYTHING, "route"]);
});

test("a key's card names the keys that it is compared with, and until when there are none", async () => {
  const registry = await checks.store.registry.readKeys(NOW, Date.now() + HOUR);
  const textOf = async (keyId: string, now = NOW) =>
    foundingText(await readKeyFounding(checks.store, keyId, registry, now, Date.now() + HOUR)) ?? "";
  assert.match(await textOf("new-of-team"), /^until 2026-03-23 06:00 UTC: compared with the other keys of its owner/);
  assert.match(await textOf("unregistered"), /compared with all other keys/);
  assert.match(await textOf("confined"), /only its allowed networks/);
  assert.match(await textOf("slept"), /created more than 48 hours before its first use/);
  assert.equal(await textOf("of-team"), "");
  assert.match(await textOf("of-team", OLD + DAY), /nothing to compare with until 2026-03-15 12:00 UTC/);
});
