import assert from "node:assert/strict";
import { test } from "node:test";
import { attackKinds, type AttackRequest } from "../../src/local/simulator/attacks.js";
import type { TrafficGroup } from "../../src/local/simulator/minute-traffic.js";
import { simulateFleet } from "../../src/local/simulator/simulate-fleet.js";

const DAY = 86_400_000;
const TO = Date.parse("2026-03-20T00:00:00Z");

type Stolen = TrafficGroup & { readonly minute: number };

/** A fleet with one attacker, and what he took, by the index of the label. */
function stealing(wish: AttackRequest, keys: number, days: number, seed = 4) {
  const fleet = simulateFleet({ seed, keys, from: TO - days * DAY, to: TO, attacks: [wish] });
  const stolen = fleet.labels.map(({ key_id }): Stolen[] => {
    const index = fleet.keys.findIndex((key) => key.key_id === key_id);
    return [...fleet.keyTraffic(index)].flatMap(({ minute, groups }) =>
      groups.flatMap((group) => (group.isAttack ? [{ ...group, minute }] : [])),
    );
  });
  return { fleet, stolen };
}

const sum = (groups: readonly TrafficGroup[]) => groups.reduce((total, { count }) => total + count, 0);

test("a poisoner grows for three weeks from some seventy requests a day by steps that are never large", () => {
  const { fleet, stolen } = stealing({ kind: "K" }, 8, 35);
  const [label] = fleet.labels;
  assert.ok(label?.kind === "K");
  const from = Date.parse(label.from);
  assert.equal(Date.parse(label.to) - from, 21 * DAY);
  const daily = Array<number>(21).fill(0);
  for (const { minute, count } of stolen[0] ?? []) {
    const day = Math.floor((minute * 60_000 - from) / DAY);
    daily[day] = (daily[day] ?? 0) + count;
  }
  const first = daily[0] ?? 0;
  assert.ok(first > 30 && first < 120, `${first} on the first day`);
  const last = daily[20] ?? 0;
  assert.ok(last > 1200, `${last} on the last day`);
  const factor = (last / first) ** (1 / 20);
  for (let day = 1; day < 21; day++) {
    const step = (daily[day] ?? 0) / (daily[day - 1] ?? 1);
    assert.ok(step > factor * 0.6 && step < factor * 1.6, `day ${day}: ${step} instead of ${factor}`);
  }
});

test("a spreading attacker takes a twentieth from each of twenty keys, from one network at one time, owner's keys first", () => {
  const { fleet, stolen } = stealing({ kind: "L", requestsPerMinute: 20, totalAtMost: null }, 60, 6);
  const { labels, keys } = fleet;
  assert.equal(labels.length, 20);
  assert.equal(new Set(labels.map(({ key_id }) => key_id)).size, 20);
  const shared = labels.map(({ attack, from, to, networks, kind }) =>
    JSON.stringify([attack, from, to, networks, kind]),
  );
  assert.equal(new Set(shared).size, 1);
  const ownerOf = (keyId: string) => keys.find(({ key_id }) => key_id === keyId)?.owner;
  const owner = ownerOf(labels[0]?.key_id ?? "");
  const owned = labels.map(({ key_id }) => ownerOf(key_id) === owner);
  assert.ok(owned[1] === true && owned.indexOf(false) === owned.lastIndexOf(true) + 1);
  const minutes = (Date.parse(labels[0]?.to ?? "") - Date.parse(labels[0]?.from ?? "")) / 60_000;
  // On a key near its limit he leaves the owner's minutes alone.
  const volumes = stolen.map(sum);
  assert.ok(
    volumes.every((volume) => volume <= minutes) && volumes.filter((volume) => volume === minutes).length >= 12,
  );
  const addresses = stolen.flat().map(({ sourceIp }) => sourceIp);
  assert.ok(new Set(addresses).size <= 4);
});

test("rotating residential proxies use an address for a few requests only, in homes of many operators, at the owner's hours", () => {
  const { fleet, stolen } = stealing({ kind: "M", shareOfMean: 0.5, totalAtMost: null }, 40, 21, 6);
  const theirs = stolen[0] ?? [];
  assert.ok(theirs.length > 200, `${theirs.length} groups`);
  assert.ok(theirs.every(({ networkType }) => networkType === "isp"));
  const perAddress = new Map<string, number>();
  for (const { sourceIp, count } of theirs) perAddress.set(sourceIp, (perAddress.get(sourceIp) ?? 0) + count);
  // Two homes may, rarely, be the same.
  const often = [...perAddress.values()].filter((count) => count > 8);
  assert.ok(often.length <= perAddress.size / 100, `${often.length} of ${perAddress.size}: ${Math.max(...often)}`);
  assert.ok(new Set(theirs.map(({ asn }) => asn)).size >= 30);
  const [label] = fleet.labels;
  const index = fleet.keys.findIndex(({ key_id }) => key_id === label?.key_id);
  const [own, his] = [Array<number>(24).fill(0), Array<number>(24).fill(0)];
  for (const { minute, groups } of fleet.keyTraffic(index)) {
    const hour = Math.floor(minute / 60) % 24;
    for (const { isAttack, count } of groups) {
      const hours = isAttack ? his : own;
      hours[hour] = (hours[hour] ?? 0) + count;
    }
  }
  assert.ok(correlation(own, his) > 0.7, String(correlation(own, his)));
});

test("an attacker on routes without a price takes nothing that costs, with a key whose holders' requests do", () => {
  const wishes = Array.from({ length: 4 }, (): AttackRequest => ({ kind: "N" }));
  const fleet = simulateFleet({ seed: 4, keys: 40, from: TO - 6 * DAY, to: TO, attacks: wishes });
  assert.equal(fleet.labels.length, wishes.length);
  for (const { key_id } of fleet.labels) {
    const index = fleet.keys.findIndex((key) => key.key_id === key_id);
    const groups = [...fleet.keyTraffic(index)].flatMap((minute) => minute.groups);
    const theirs = groups.filter(({ isAttack }) => isAttack);
    const prices = fleet.keys[index]?.prices ?? {};
    assert.ok(sum(theirs) > 100, key_id);
    assert.ok(theirs.every(({ costMicros, route }) => costMicros === 0 && prices[route] === undefined));
    assert.ok(groups.some(({ isAttack, costMicros }) => !isAttack && costMicros > 0));
  }
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    x.reduce((total, value, i) => total + (value - mx) * ((y[i] ?? 0) - my), 0);
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
}

test("kinds are drawn from the ten of the figures, and adaptive attackers come on demand only", () => {
  const { labels } = simulateFleet({ seed: 2, keys: 40, from: TO - 35 * DAY, to: TO, attacks: 200 });
  assert.deepEqual([...new Set(labels.map(({ kind }) => kind))].sort(), [...attackKinds]);
});

test("who explores is refused on many routes before taking anything; a new key is stolen in its first two days", () => {
  const kinds = ["O", "P", "Q"] as const;
  const from = Date.UTC(2026, 2, 2);
  const fleet = simulateFleet({
    seed: 7,
    keys: 60,
    from,
    to: from + 30 * 86_400_000,
    attacks: kinds.map((kind) => ({ kind })),
  });
  const lives = fleet.labels.map((label) => {
    const groups = [...fleet.keyTraffic(fleet.keys.findIndex(({ key_id: keyId }) => keyId === label.key_id))];
    return { label, groups, begin: Date.parse(label.from) / 60_000 };
  });
  for (const { label, groups, begin } of lives) {
    const stolen = groups.flatMap(({ minute, groups: all }) =>
      all.filter(({ isAttack }) => isAttack).map(({ status, route, count }) => ({ minute, status, route, count })),
    );
    assert.ok(stolen.length > 0, label.kind);
    if (label.kind === "O") assert.ok(begin - groups[0]!.minute <= 46 * 60, "within two days of its first request");
    if (label.kind !== "Q") continue;
    const refused = stolen.filter(({ status }) => status === 403);
    assert.ok(refused.reduce((total, { count }) => total + count, 0) >= 60);
    assert.ok(new Set(refused.map(({ route }) => route)).size >= 10);
    const taken = stolen.filter(({ status }) => status < 400);
    assert.ok(Math.min(...taken.map(({ minute }) => minute)) > Math.max(...refused.map(({ minute }) => minute)));
  }
});
