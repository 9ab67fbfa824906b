import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import { looksLikeSecret } from "../../src/text/secret/secret-shape.js";
import { adaptiveKinds, attackKinds } from "../../src/local/simulator/attacks.js";
import type { Fleet, SimulatedEvent } from "../../src/local/simulator/fleet.js";
import { simulateFleet, type FleetRequest } from "../../src/local/simulator/simulate-fleet.js";

const HOUR = 3_600_000;
const TO = Date.parse("2026-03-20T06:00:00Z");
const everyKind = [...attackKinds, ...adaptiveKinds].map((kind) => ({ kind, from: TO - 7 * HOUR, to: TO - HOUR }));
const small = (wish: Partial<FleetRequest> = {}): Fleet =>
  simulateFleet({ seed: 5, keys: 12, from: TO - 16 * HOUR, to: TO, ...wish });

function linesOf(fleet: Fleet): string[] {
  return [...fleet.batches(5000)].flatMap(({ lines }) => lines.split("\n").filter((line) => line !== ""));
}

test("the same seed gives the same bytes, also when a fleet is read twice", () => {
  const fleet = small({ attacks: everyKind });
  const first = linesOf(fleet);
  assert.ok(first.length > 5000);
  assert.deepEqual(linesOf(fleet), first);
  const again = small({ attacks: everyKind });
  assert.deepEqual(linesOf(again), first);
  assert.deepEqual([again.keys, again.networks, again.labels], [fleet.keys, fleet.networks, fleet.labels]);
  assert.notDeepEqual(linesOf(small({ seed: 6 })), first);
});

test("attacks of every kind add lines and leave each legitimate line as it was", () => {
  const calm = linesOf(small());
  const attacked = small({ attacks: everyKind });
  const left = new Map<string, number>();
  const all = linesOf(attacked);
  for (const line of all) left.set(line, (left.get(line) ?? 0) + 1);
  for (const line of calm) {
    const times = left.get(line) ?? 0;
    assert.ok(times > 0, `missing: ${line}`);
    left.set(line, times - 1);
  }
  const added = [...left].filter(([, times]) => times > 0).map(([line]) => JSON.parse(line) as SimulatedEvent);
  assert.equal(new Set(attacked.labels.map(({ kind }) => kind)).size, everyKind.length);
  for (const { key_id, kind, from, to } of attacked.labels) {
    // A mimic of a key that sleeps, and nights that a short span does not have, may stay without a request, and so may
    // whoever wants little, begins with next to nothing, or keeps to the hours of a key that is idle.
    const own = added.filter((event) => event.key_id === key_id);
    if (!"JDKM".includes(kind)) assert.ok(own.length > 0, kind);
    assert.ok(own.every(({ ts }) => ts >= from && ts < to));
  }
});

test("events come in time order, within the span, and batches tile it in whole minutes", () => {
  const fleet = small({ attacks: everyKind });
  for (const maxEvents of [7, 40, 5000]) {
    let last = "";
    let until = fleet.from;
    let previousFrom = -1;
    let total = 0;
    for (const batch of fleet.batches(maxEvents)) {
      assert.ok(batch.count <= maxEvents);
      assert.ok(batch.from === until || batch.from === previousFrom);
      assert.equal((batch.to - batch.from) % 60_000, 0);
      const times = [...batch.lines.matchAll(/^\{"ts":"([^"]+)"/gm)].map((match) => match[1] as string);
      assert.equal(times.length, batch.count);
      for (const ts of times) {
        assert.ok(ts >= last, `${ts} after ${last}`);
        last = ts;
      }
      if (times.length > 0) {
        assert.ok(Date.parse(times[0] as string) >= batch.from && Date.parse(times.at(-1) as string) < batch.to);
      }
      previousFrom = batch.from;
      until = batch.to;
      total += batch.count;
    }
    assert.equal(until, fleet.to);
    assert.equal(total, fleet.countEvents());
  }
});

test("every event keeps to the contract, belongs to a key of the registry and to a network of the file", () => {
  const fleet = small({ attacks: everyKind });
  const keys = new Set(fleet.keys.map(({ key_id }) => key_id));
  const v4 = new Set(fleet.networks.map(({ cidr }) => cidr.split(".", 2).join(".")));
  const v6 = new Set(fleet.networks.map(({ cidr }) => cidr.split(":", 2).join(":")));
  const statuses = new Set<number>();
  for (const event of fleet.events()) {
    assert.match(event.ts, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    assert.ok(keys.has(event.key_id) && !looksLikeSecret(event.key_id));
    assert.ok(isIP(event.source_ip) > 0, event.source_ip);
    const known = v4.has(event.source_ip.split(".", 2).join(".")) || v6.has(event.source_ip.split(":", 2).join(":"));
    assert.ok(known, event.source_ip);
    assert.ok(Number.isInteger(event.status) && event.status >= 200 && event.status <= 599);
    assert.ok(event.latency_ms >= 0 && Number.isInteger(event.bytes) && event.bytes >= 0);
    assert.ok(event.cost_usd === undefined || event.cost_usd > 0);
    assert.ok(
      event.route.startsWith("/") && event.method !== "" && event.scope !== "" && event.user_agent.length <= 256,
    );
    statuses.add(event.status);
  }
  assert.ok(statuses.has(429) && statuses.has(200) && [...statuses].some((status) => status >= 500));
});

test("an attacker in the owner's cloud has other addresses of the owner's operator, one elsewhere none of the owner's networks", () => {
  const honest = new Map<string, Set<string>>();
  for (const { key_id, source_ip } of small().events()) {
    const blocks = honest.get(key_id) ?? new Set();
    honest.set(key_id, blocks.add(source_ip.split(".", 2).join(".")));
  }
  const { networks, labels } = small({ attacks: [...everyKind, { kind: "F" }, { kind: "B", origin: "hosting" }] });
  const asnOf = (block: string) => networks.find(({ cidr }) => cidr.startsWith(`${block}.`))?.asn;
  for (const { key_id, origin, networks: used } of labels) {
    const owners = new Set([...(honest.get(key_id) ?? [])].map(asnOf));
    const theirs = new Set(used.map((cidr) => networks.find((row) => row.cidr === cidr)?.asn));
    if (origin === "own_cloud") assert.ok([...theirs].every((asn) => owners.has(asn)));
    if (origin === "hosting") assert.ok([...theirs].every((asn) => !owners.has(asn)));
  }
  assert.ok(labels.some(({ origin }) => origin === "own_cloud") && labels.some(({ origin }) => origin === "hosting"));
});

test("an attack uses the prefix, route, size and user agent that it was told to", () => {
  const cidr = small().networks.find(({ type }) => type === "vpn")?.cidr ?? "";
  const agent = "told/1.0";
  const target = small().keys.find(({ created_at }) => Date.parse(created_at) < TO - 48 * HOUR);
  const [keyId, until] = [target?.key_id ?? "", TO - 2 * HOUR];
  const told = {
    kind: "B",
    keyId,
    from: until - HOUR,
    to: until,
    cidrs: [cidr],
    userAgent: agent,
    origin: "hosting",
  } as const;
  const route = [...small({ attacks: [told] }).events()].find(({ user_agent }) => user_agent === agent)?.route ?? "";
  const wish = { ...told, requestsPerMinute: 3, totalAtMost: null, routes: [route] };
  const own = [...small({ attacks: [wish] }).events()].filter(({ user_agent }) => user_agent === agent);
  assert.equal(own.length, 180);
  assert.ok(own.every((event) => event.route === route && event.key_id === keyId));
  assert.ok(own.every(({ source_ip }) => source_ip.startsWith(cidr.split(".", 2).join("."))));
  for (const wrong of [{ cidrs: ["10.0.0.0/8"] }, { routes: ["/nowhere"] }]) {
    assert.throws(() => small({ attacks: [{ ...told, ...wrong }] }), RangeError);
  }
});

test("a wish that cannot be met is refused", () => {
  assert.throws(() => small({ from: TO, to: TO }), RangeError);
  assert.throws(() => small({ keys: 0 }), RangeError);
  assert.throws(() => small({ attacks: [{ kind: "A", keyId: "nobody" }] }), RangeError);
  assert.throws(() => [...small().batches(0)], RangeError);
});
