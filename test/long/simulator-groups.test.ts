import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, integer, nat, property } from "fast-check";
import { adaptiveKinds, attackKinds } from "../../src/local/simulator/attacks.js";
import type { Fleet } from "../../src/local/simulator/fleet.js";
import type { MinuteTraffic, TrafficGroup } from "../../src/local/simulator/minute-traffic.js";
import { simulateFleet } from "../../src/local/simulator/simulate-fleet.js";
import { userAgents } from "../../src/local/simulator/user-agents.js";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { parsePrefix } from "../../src/model/network/address.js";

const HOUR = 3_600_000;
const TO = Date.parse("2026-03-20T06:00:00Z");
const allKinds = [...attackKinds, ...adaptiveKinds];

/** What a group says apart from how many and at what cost, and what events say as well. */
function nameOf(group: Omit<TrafficGroup, "count" | "costMicros" | "isAttack" | "asn" | "networkType">): string {
  const { sourceIp, userAgent, method, route, scope, status } = group;
  return JSON.stringify([sourceIp, userAgent, method, route, scope, status]);
}

type Sums = Map<string, { count: number; costMicros: number }>;

function addTo(sums: Sums, name: string, count: number, costMicros: number): void {
  const before = sums.get(name) ?? { count: 0, costMicros: 0 };
  sums.set(name, { count: before.count + count, costMicros: before.costMicros + costMicros });
}

function sumsOfGroups(fleet: Fleet): Sums {
  const sums: Sums = new Map();
  for (const [index, { key_id }] of fleet.keys.entries()) {
    for (const { minute, groups } of fleet.keyTraffic(index)) {
      assert.ok(groups.length > 0 && groups.every(({ count }) => count > 0));
      for (const group of groups) addTo(sums, `${key_id} ${minute} ${nameOf(group)}`, group.count, group.costMicros);
    }
  }
  return sums;
}

function sumsOfEvents(fleet: Fleet): Sums {
  const sums: Sums = new Map();
  for (const event of fleet.events()) {
    const name = nameOf({ ...event, sourceIp: event.source_ip, userAgent: event.user_agent });
    const minute = Math.floor(Date.parse(event.ts) / 60_000);
    addTo(sums, `${event.key_id} ${minute} ${name}`, 1, Math.round((event.cost_usd ?? 0) * 1e6));
  }
  return sums;
}

test("a key's groups are its events added up by minute, whatever the wish", () => {
  const wishes = {
    seed: nat(),
    keys: integer({ min: 1, max: 5 }),
    hours: integer({ min: 1, max: 14 }),
    kinds: array(constantFrom(...allKinds), { maxLength: 3 }),
  };
  check(
    property(wishes.seed, wishes.keys, wishes.hours, wishes.kinds, (seed, keys, hours, kinds) => {
      const attacks = kinds.map((kind) => ({ kind }));
      const fleet = simulateFleet({ seed, keys, from: TO - hours * HOUR, to: TO, attacks });
      const sums = sumsOfGroups(fleet);
      assert.deepEqual(sums, sumsOfEvents(fleet));
      assert.equal(
        [...sums.values()].reduce((total, { count }) => total + count, 0),
        fleet.countEvents(),
      );
    }),
    { numRuns: 10 },
  );
});

const from = TO - 60 * HOUR;
const attacks = allKinds.map((kind) => ({ kind, from: TO - 26 * HOUR, to: TO - HOUR }));
const wish = { seed: 8, keys: 18, from, to: TO };
const calm = simulateFleet(wish);
const attacked = simulateFleet({ ...wish, attacks });
const isTheirs = ({ isAttack }: TrafficGroup) => isAttack;
const minutesOf = (fleet: Fleet, index: number): MinuteTraffic[] => [...fleet.keyTraffic(index)];

test("without the attackers' groups a life is the one that it is without attackers, and labels count those groups", () => {
  const [requests, spend] = [new Map<string, number>(), new Map<string, number>()];
  for (const [index, { key_id }] of attacked.keys.entries()) {
    const minutes = minutesOf(attacked, index);
    const honest = minutes
      .map(({ minute, groups }) => ({ minute, groups: groups.filter((group) => !isTheirs(group)) }))
      .filter(({ groups }) => groups.length > 0);
    assert.deepEqual(honest, minutesOf(calm, index));
    const stolen = minutes.flatMap(({ groups }) => groups.filter(isTheirs));
    requests.set(
      key_id,
      stolen.reduce((total, { count }) => total + count, 0),
    );
    spend.set(
      key_id,
      stolen.reduce((total, { costMicros }) => total + costMicros, 0),
    );
  }
  const told = new Map<string, { requests: number; spendMicros: number }>();
  attacked.labels.forEach(({ key_id }, index) => {
    const before = told.get(key_id) ?? { requests: 0, spendMicros: 0 };
    const theft = attacked.countTheft(index);
    told.set(key_id, {
      requests: before.requests + theft.requests,
      spendMicros: before.spendMicros + theft.spendMicros,
    });
  });
  for (const [keyId, theft] of told)
    assert.deepEqual([theft.requests, theft.spendMicros], [requests.get(keyId), spend.get(keyId)]);
  assert.ok([...requests].every(([keyId, count]) => count === 0 || told.has(keyId)));
  assert.ok([...spend.values()].some((micros) => micros > 0));
});

test("every group names the network of its address, and holders of a confined key keep to its networks", () => {
  const { table } = parseNetworks(networksCsv(calm.networks));
  let confined = 0;
  for (const [index, { allowed_cidrs }] of calm.keys.entries()) {
    const { table: allowed } = parseNetworks(allowed_cidrs?.map((cidr) => `${cidr},1,own,cloud`).join("\n") ?? "");
    for (const { groups } of calm.keyTraffic(index)) {
      for (const { sourceIp, asn, networkType } of groups) {
        const { asn: knownAsn, type } = table.lookup(sourceIp) ?? {};
        assert.deepEqual([asn, networkType], [knownAsn, type]);
        if (allowed_cidrs !== undefined) assert.ok(allowed.lookup(sourceIp) !== null, sourceIp);
      }
    }
    if (allowed_cidrs !== undefined) confined++;
    assert.ok((allowed_cidrs ?? []).every((cidr) => parsePrefix(cidr) !== null));
  }
  assert.ok(confined >= 2, `${confined} confined keys`);
});

test("a key that is made on the way is silent before, and its registry entry says when it began", () => {
  const fleet = simulateFleet({ ...wish, keys: 60 });
  const late = fleet.keys.flatMap(({ created_at }, index) => (Date.parse(created_at) > from ? [index] : []));
  assert.ok(late.length >= 2, `${late.length} late keys`);
  for (const index of late) {
    const [first] = fleet.keyTraffic(index);
    const createdAt = Date.parse(fleet.keys[index]?.created_at ?? "") / 60_000;
    assert.ok(first === undefined || first.minute >= createdAt);
  }
});

test("developers' clients are seen in their labelled sessions, scripts and tests only", () => {
  const laptops = new Set<string>(userAgents.laptop);
  const fleet = simulateFleet({ ...wish, keys: 30 });
  let seen = 0;
  for (const [index, { key_id }] of fleet.keys.entries()) {
    const sessions = fleet.disturbances
      .filter((one) => one.key_id === key_id && ["developer", "script", "access_test"].includes(one.kind))
      .map(({ from: begin, to }) => ({ from: Date.parse(begin), to: Date.parse(to) }));
    for (const { minute, groups } of fleet.keyTraffic(index)) {
      const at = minute * 60_000;
      const isTrying = groups.some(({ userAgent }) => laptops.has(userAgent));
      if (isTrying) assert.ok(sessions.some((session) => at >= session.from && at < session.to));
      seen += Number(isTrying);
    }
  }
  assert.ok(seen > 20, `${seen} minutes`);
});

test("a key on servers of both versions sends IPv4 and IPv6 side by side", () => {
  const fleet = simulateFleet({ ...wish, keys: 150, from: TO - 12 * HOUR });
  const mixed = fleet.keys.flatMap(({ allowed_cidrs: cidrs }, index) =>
    cidrs?.some((cidr) => cidr.includes(":")) === true ? [index] : [],
  );
  const addressesOf = (index: number) =>
    [...fleet.keyTraffic(index)].flatMap(({ groups }) => groups.map(({ sourceIp }) => sourceIp));
  const busy = mixed.map(addressesOf).filter(({ length }) => length > 60);
  assert.ok(busy.length > 0, `${mixed.length} keys, none of them busy`);
  for (const addresses of busy) {
    assert.ok(addresses.some((ip) => ip.includes(":")) && addresses.some((ip) => !ip.includes(":")));
  }
});
