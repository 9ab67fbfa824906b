import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { NoveltyLevel } from "../../src/model/finding/novelty.js";
import { splitIntoPieces } from "../../src/pipeline/check/facts/novel-piece.js";
import { groupRuns } from "../../src/pipeline/check/facts/novel-windows.js";
import { newSource } from "../../src/pipeline/check/leak/blamed-traffic.js";
import { NewTraffic } from "../../src/pipeline/check/leak/new-traffic.js";
import type { RefusedSource } from "../../src/store/check/foreign-refusals.js";
import type { NovelSeries } from "../../src/store/check/novel-series.js";

import { asked, counts, DAY_MS, HOUR, HOUR_MS, MINUTE, NEW_MS, rows, SETS, START } from "../helpers/any-novel-rows.js";

const MINUTES = 1500;

/** A source as the plain reading of the rows has it. */
interface Plain {
  value: string;
  asn: number;
  networkType: "hosting" | "isp";
  seenAt: number;
  minutes: { at: number; requests: number; spendMicros: number }[];
}

/** Everybody who is new at some levels: one for each value and the levels at which it is new, with the greatest system of its rows. */
function plainNewcomers(of: readonly NovelSeries[], levels: readonly NoveltyLevel[], seenFrom: number): Plain[] {
  const found = new Map<string, Plain>();
  for (const one of of) {
    const ways = levels.filter((level) => (one.seenAt[one.levels.indexOf(level)] ?? -Infinity) >= HOUR - NEW_MS);
    if (ways.length === 0) continue;
    const seenAt = Math.max(...ways.map((level) => one.seenAt[one.levels.indexOf(level)]!));
    const minutes = one.at.map((at, i) => ({ at, requests: one.requests[i]!, spendMicros: one.spendMicros[i]! }));
    const name = `${one.value} at ${ways.join()}`;
    const [own, networkType] = [found.get(name), one.networkType as Plain["networkType"]];
    const systems = [{ asn: one.asn, networkType }, ...(own === undefined ? [] : [own])];
    const [system] = systems.toSorted((a, b) => b.asn - a.asn || (a.networkType < b.networkType ? 1 : -1));
    found.set(name, {
      value: one.value,
      asn: system!.asn,
      networkType: system!.networkType,
      seenAt: Math.min(seenAt, own?.seenAt ?? Infinity),
      minutes: [...(own?.minutes ?? []), ...minutes],
    });
  }
  return [...found.values()].filter((one) => one.seenAt >= seenFrom);
}

function plainSources(newcomers: readonly Plain[], from: number, end: number) {
  return newcomers
    .map(({ value, asn, networkType, seenAt, minutes }) => {
      const within = minutes.filter(({ at }) => at >= from && at < end);
      return {
        address: value,
        asn,
        network_type: networkType,
        first_seen: new Date(seenAt).toISOString(),
        requests: within.reduce((sum, one) => sum + one.requests, 0),
        spend_micros: within.reduce((sum, one) => sum + one.spendMicros, 0),
      };
    })
    .filter(({ requests }) => requests > 0);
}

type Listed = ReturnType<typeof plainSources>[number];
/** The busiest first; who is as busy as another, by address, and the same address at two levels in any order. */
const inOrder = (sources: readonly Listed[]) =>
  sources.toSorted(
    (a, b) =>
      b.requests - a.requests ||
      (a.address === b.address ? (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : a.address < b.address ? -1 : 1),
  );
const addressesOf = (sources: readonly { readonly address: string }[]) => sources.map(({ address }) => address);
const busiest = (sources: readonly Listed[]) => addressesOf(inOrder(sources).slice(0, 20));

const perMinute = (minutes: readonly { at: number; count: number }[]) => {
  const sums = Array.from({ length: MINUTES }, () => 0);
  for (const { at, count } of minutes) sums[at]! += count;
  return sums;
};

test("what was new to a key is the same at every tick as its rows say when they are read anew, in whatever order the ticks are asked for", () => {
  fc.assert(
    fc.property(rows, asked, (given, ticks) => {
      const runs = groupRuns(splitIntoPieces(given, START, HOUR + HOUR_MS)).get("gateway k") ?? [];
      const subject = { hour: HOUR, runs, newFrom: HOUR - NEW_MS, refused: [], refusedSources: [], suppressions: [] };
      const traffic = new NewTraffic(subject);
      for (const [tick, ago] of ticks) {
        const end = DAY_MS / MINUTE + tick;
        const from = end - ago;
        for (const levels of SETS) {
          const seenFrom = HOUR + tick * MINUTE - NEW_MS;
          const of = traffic.at(levels, seenFrom);
          const newcomers = plainNewcomers(given, levels, seenFrom);
          const sources = of.between(from, end).map((source) => newSource(source, from, end));
          const plain = inOrder(plainSources(newcomers, from, end));
          assert.deepEqual(inOrder(sources as Listed[]), plain);
          assert.deepEqual(addressesOf(sources), addressesOf(plain));
          const minutes = newcomers.flatMap((one) => one.minutes);
          assert.deepEqual(of.requests, perMinute(minutes.map(({ at, requests }) => ({ at, count: requests }))));
          assert.deepEqual(
            of.spendMicros,
            perMinute(minutes.map(({ at, spendMicros }) => ({ at, count: spendMicros }))),
          );
        }
        const ever = (level: NoveltyLevel) =>
          busiest(plainSources(plainNewcomers(given, [level], -Infinity), from, end));
        assert.deepEqual(traffic.alsoNew(from, end), { programs: ever("client"), routes: ever("route") });
      }
    }),
    { numRuns: 100 },
  );
});

test("what was refused counts whoever asked for it, and names those who had never been served", () => {
  const route = fc.record({ route: fc.constantFrom("/a", "/b", "/c"), isOfUnknown: fc.boolean(), traffic: counts });
  const source = fc.record({ value: fc.ipV4(), traffic: counts });
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 5 }),
      fc.array(source, { maxLength: 5 }),
      asked,
      (routes, given, ticks) => {
        const series = (of: Record<string, number>) => ({
          at: Object.keys(of).map(Number),
          requests: Object.values(of),
        });
        const refused = routes.map(({ traffic, ...one }) => ({ ...one, ...series(traffic) }));
        const refusedSources = given.map(({ value, traffic }): RefusedSource => {
          const of = series(traffic);
          const firstAt = START + of.at[0]! * MINUTE;
          return { keyId: "k", observedBy: "gateway", value, asn: 1, networkType: "hosting", firstAt, ...of };
        });
        const traffic = new NewTraffic({ hour: HOUR, runs: [], newFrom: 0, refused, refusedSources, suppressions: [] });
        const all = refused.flatMap(({ at, requests }) => at.map((one, i) => ({ at: one, count: requests[i]! })));
        assert.deepEqual(traffic.refusals().requests, perMinute(all));
        assert.deepEqual(traffic.refusals().spendMicros, perMinute([]));
        for (const [tick, ago] of ticks) {
          const end = DAY_MS / MINUTE + tick;
          const isWithin = (at: number) => at >= end - ago && at < end;
          const asking = refused.filter(({ at }) => at.some(isWithin));
          assert.equal(traffic.refusedRoutes(end - ago, end), new Set(asking.map((one) => one.route)).size);
          const told = traffic.refusals().between(end - ago, end);
          const plain = refusedSources
            .map(({ value, at, requests }) => ({
              value,
              requests: at.reduce((sum, one, i) => sum + (isWithin(one) ? requests[i]! : 0), 0),
            }))
            .filter(({ requests }) => requests > 0)
            .toSorted((a, b) => b.requests - a.requests || (a.value < b.value ? -1 : 1));
          assert.deepEqual(
            told.map((one) => ({ value: one.source.value, requests: one.requests })),
            plain,
          );
        }
      },
    ),
    { numRuns: 100 },
  );
});
