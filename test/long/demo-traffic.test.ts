import assert from "node:assert/strict";
import { test } from "node:test";
import { demoTraffic, type DemoTraffic } from "../../src/local/demo/demo-traffic.js";
import type { SimulatedEvent } from "../../src/local/simulator/fleet.js";

const MINUTE = 60_000;
const NOW = Date.parse("2026-03-19T17:23:40Z");

/** Events of the last hours only: parsing three weeks of them would be most of the test's time. */
function lastEvents(demo: DemoTraffic, hours: number): SimulatedEvent[] {
  const since = demo.to - hours * 60 * MINUTE;
  const events: SimulatedEvent[] = [];
  for (const { lines, to } of demo.batches(1000)) {
    if (to > since) events.push(...parse(lines.split("\n")));
  }
  return events.filter(({ ts }) => Date.parse(ts) >= since);
}

function parse(lines: readonly string[]): SimulatedEvent[] {
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as SimulatedEvent);
}

function perMinute(demo: DemoTraffic, events: readonly SimulatedEvent[], hours: number): number[] {
  const counts = Array<number>(hours * 60).fill(0);
  for (const { ts } of events) {
    const index = Math.floor((Date.parse(ts) - demo.to) / MINUTE) + counts.length;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
const subnetOf = (ip: string) => ip.split(".", 2).join(".");

const demo = demoTraffic({ seed: 1, now: NOW, leak: true });
const events = lastEvents(demo, 3);
const of = (part: keyof DemoTraffic["story"]) => events.filter(({ key_id }) => key_id === demo.story[part]);

test("every seed and hour tells 44 keys' three weeks in 1.0 to 1.15 million events", () => {
  for (let seed = 1; seed <= 3; seed++) {
    const { keys, expectedEvents, from, to } = demoTraffic({
      seed,
      now: NOW + seed * 7 * 60 * MINUTE,
      leak: true,
    });
    assert.equal(keys.length, 44);
    assert.equal(to - from, 21 * 24 * 60 * MINUTE);
    assert.ok(expectedEvents >= 1_000_000 && expectedEvents <= 1_150_000, `seed ${seed}: ${expectedEvents}`);
  }
});

test("without the leak the legitimate lines are the very same", () => {
  const calm = demoTraffic({ seed: 1, now: NOW, leak: false });
  assert.deepEqual([calm.keys, calm.networks, calm.labels], [demo.keys, demo.networks, []]);
  const stolen = (line: string) => line.includes("python-requests/2.32.3") && line.includes(demo.story.leaked);
  const leakFrom = demo.to - 42 * MINUTE;
  const calmBatches = calm.batches(1000);
  let [honest, quiet] = ["", ""];
  for (const batch of demo.batches(1000)) {
    const other = calmBatches.next();
    if (batch.to <= leakFrom) {
      assert.ok(other.done !== true && other.value.lines === batch.lines);
    } else {
      honest += batch.lines;
      quiet += other.done === true ? "" : other.value.lines;
    }
  }
  for (const { lines } of calmBatches) quiet += lines;
  assert.ok(quiet.split("\n").length > 1000);
  assert.deepEqual(
    honest.split("\n").filter((line) => !stolen(line)),
    quiet.split("\n"),
  );
});

test("the attacker stays just under the limit in every minute, from one new hosting network, and is always served", () => {
  const [label] = demo.labels;
  assert.ok(label !== undefined && label.key_id === demo.story.leaked);
  assert.equal(demo.to - Date.parse(label.from), 42 * MINUTE);
  const network = demo.networks.find(({ cidr }) => cidr === label.networks[0]);
  assert.equal(network?.type, "hosting");
  const theft = of("leaked").filter(({ user_agent }) => user_agent === "python-requests/2.32.3");
  const theirs = new Set(
    of("leaked")
      .filter((event) => !theft.includes(event))
      .map(({ source_ip }) => subnetOf(source_ip)),
  );
  const addresses = new Set(theft.map(({ source_ip }) => source_ip));
  assert.ok(addresses.size >= 2 && addresses.size <= 4);
  assert.ok(theft.every(({ source_ip, status }) => !theirs.has(subnetOf(source_ip)) && status < 300));
  const totals = perMinute(demo, of("leaked"), 3);
  assert.ok(totals.every((count) => count < 100));
  assert.ok(sum(totals.slice(-42)) / 42 > 85);
  assert.deepEqual(perMinute(demo, theft, 3).slice(0, -42), Array<number>(138).fill(0));
  assert.ok(new Set(theft.map(({ route }) => route)).size > 1);
});

test("the migration adds no volume, and the old addresses fall silent", () => {
  const moved = of("migrated");
  const totals = perMinute(demo, moved, 3);
  const [before, during] = [sum(totals.slice(0, 120)) / 120, sum(totals.slice(-60)) / 60];
  assert.ok(Math.abs(during - before) < 4 * Math.sqrt(before / 40), `${before} and ${during} a minute`);
  const old = new Set(
    moved.filter(({ ts }) => Date.parse(ts) < demo.to - 60 * MINUTE).map(({ source_ip }) => source_ip),
  );
  const last = moved.filter(({ ts }) => Date.parse(ts) >= demo.to - 10 * MINUTE);
  assert.ok(last.length > 0 && last.every(({ source_ip }) => !old.has(source_ip)));
});

test("a deploy moves a key to new addresses of the same network", () => {
  const deployed = of("deployed");
  const isOld = ({ ts }: SimulatedEvent) => Date.parse(ts) < demo.to - 60 * MINUTE;
  const old = deployed.filter(isOld).map(({ source_ip }) => source_ip);
  const last = deployed.filter(({ ts }) => Date.parse(ts) >= demo.to - 20 * MINUTE);
  assert.ok(last.length > 0 && last.every(({ source_ip }) => !old.includes(source_ip)));
  assert.ok(last.every(({ source_ip }) => old.some((address) => subnetOf(address) === subnetOf(source_ip))));
});

test("the batch key runs at exactly 78 of its limit 100 through the last hour, whatever the clock says", () => {
  for (const hours of [5, 14]) {
    const other = demoTraffic({ seed: 2 + hours, now: NOW + hours * 60 * MINUTE, leak: true });
    const batch = lastEvents(other, 1).filter(({ key_id }) => key_id === other.story.saturating);
    assert.deepEqual(perMinute(other, batch, 1), Array<number>(60).fill(78));
    assert.equal(other.keys.find(({ key_id }) => key_id === other.story.saturating)?.limit_per_minute, 100);
  }
});

test("the campaign triples a key from networks that it has always used", () => {
  const own = parse(
    [...demo.batches(5000)].flatMap(({ lines }) =>
      lines.split("\n").filter((line) => line.includes(demo.story.campaigning)),
    ),
  );
  const hourOfDay = (daysAgo: number) => {
    const end = demo.to - daysAgo * 24 * 60 * MINUTE;
    return own.filter(({ ts }) => Date.parse(ts) >= end - 45 * MINUTE && Date.parse(ts) < end).length;
  };
  const usual = sum([1, 2, 3, 4, 5, 6, 7].map(hourOfDay)) / 7;
  assert.ok(hourOfDay(0) / usual > 2 && hourOfDay(0) / usual < 4, `${hourOfDay(0)} instead of ${usual}`);
  const blockOf = (ip: string) => (ip.includes(":") ? ip.split(":", 2).join(":") : subnetOf(ip));
  const earlier = own.filter(({ ts }) => Date.parse(ts) < demo.to - 60 * MINUTE);
  const known = new Set(earlier.map(({ source_ip }) => blockOf(source_ip)));
  assert.ok(own.every(({ source_ip }) => known.has(blockOf(source_ip))));
});

test("three keys cost money per request", () => {
  assert.equal(demo.keys.filter(({ prices }) => prices !== undefined).length, 3);
});
