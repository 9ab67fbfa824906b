import * as fc from "fast-check";

/** When the lines are sent (epoch ms). */
export const NOW = Date.UTC(2026, 2, 8);

/** A value of a field, and whether the contract takes it. */
interface Value {
  readonly value: unknown;
  readonly good: boolean;
}

const taken = (...values: unknown[]) => values.map((value): Value => ({ value, good: true }));
const refused = (...values: unknown[]) => values.map((value): Value => ({ value, good: false }));
/** Of no field's type, but for those that take numbers or texts. */
const ODD = [true, [], {}, [1], { a: 1 }];
const text = [...taken("", "x", "a\u0000b", "\ud800", "é".repeat(9999), "__proto__"), ...refused(1, ...ODD)];
const number = [...taken(0, 1, 0.5, 1e9, "1"), ...refused(-1, -0.001, 1e300, "one", ...ODD)];

const FIELDS: Readonly<Record<string, readonly Value[]>> = {
  ts: [
    ...taken(
      NOW,
      NOW - 1,
      new Date(NOW).toISOString(),
      "2026-03-01T00:00:00+14:00",
      NOW + 600_000,
      NOW - 0.5,
      NOW / 1000,
    ),
    ...refused(undefined, NOW + 600_001, 0, -1, 1e300, 1e20, "", "never", "2026-02-30T00:00:00Z", "2026-03-08", ...ODD),
  ],
  id: [...taken("r1", "x".repeat(128)), ...refused("", "x".repeat(129), 1, ...ODD)],
  source_ip: taken("", "203.0.113.7", "::1", "nonsense", "1.2.3.4\n", 5, ...ODD),
  method: text,
  route: text,
  scope: text,
  user_agent: text,
  region: text,
  service: text,
  status: [...taken(100, 200, 599, 0, "200"), ...refused(99, 600, 200.5, "20", -200, 1e300, ...ODD)],
  latency_ms: number,
  units: [...number, ...refused(1e9 + 1)],
  bytes: [...taken(0, 1, 2 ** 40, "1"), ...refused(-1, 0.5, 2 ** 40 + 1, "one", ...ODD)],
  count: [...taken(1, 1_000_000_000, "1"), ...refused(0, -1, 1.5, 1_000_000_001, "one", ...ODD)],
  cost_usd: [
    ...taken(0, "0.0125", 1.5, "1e-9", "1E2", 1e6),
    ...refused(1_000_000.01, -1, "-1", "", " 1", "NaN", "Infinity", "0x10", 1e30, ...ODD),
  ],
  observed_by: [
    ...taken("gateway", "caller", "provider"),
    ...refused("", "Gateway", 1, "__proto__", "constructor", ...ODD),
  ],
};

const keys: readonly (readonly [object, boolean])[] = [
  [{ key_id: "key_1" }, true],
  [{ key_id: "x".repeat(256) }, true],
  [{ key: "a raw key of some length" }, true],
  [{ key_id: "key_1", key: null }, true],
  ...[
    {},
    { key_id: "" },
    { key_id: "x".repeat(257) },
    { key_id: 5 },
    { key_id: "a\u0000b" },
    { key_id: `sk_live_${"a1B2".repeat(6)}` },
  ].map((wire) => [wire, false] as const),
  ...[{ key: "short" }, { key: "x".repeat(513) }, { key: 12_345_678 }, { key_id: "key_1", key: "another key" }].map(
    (wire) => [wire, false] as const,
  ),
];

/** A line of a body, and whether the contract takes it. */
export interface Line {
  readonly text: string;
  readonly good: boolean;
}

/** A good event with none, one or two of its fields replaced. */
export const wireLine: fc.Arbitrary<Line> = fc
  .tuple(
    fc.constantFrom(...keys),
    fc.array(
      fc
        .constantFrom(...Object.keys(FIELDS))
        .chain((field) => fc.tuple(fc.constant(field), fc.constantFrom(...FIELDS[field]!))),
      { maxLength: 2 },
    ),
    fc.dictionary(
      fc.constantFrom("__proto__", "constructor", "toString", "extra", "ıd"),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 1 },
    ),
  )
  .map(([[key, keyIsGood], changes, extra]) => {
    const good = new Map(changes.map(([field, value]) => [field, value.good]));
    const wire = {
      ...extra,
      ts: NOW,
      ...key,
      ...Object.fromEntries(changes.map(([field, { value }]) => [field, value])),
    };
    return { text: JSON.stringify(wire), good: keyIsGood && [...good.values()].every(Boolean) };
  });

/** What is no event at all. */
export const brokenLine: fc.Arbitrary<Line> = fc
  .oneof(
    fc.tuple(wireLine, fc.nat()).map(([line, at]) => line.text.slice(0, at % line.text.length) || "{"),
    fc.string({ unit: "binary", minLength: 1 }).map((noise) => `x${noise.replaceAll("\n", "")}`),
    fc.constantFrom(
      "[".repeat(20_000),
      '{"a":'.repeat(20_000),
      "null",
      "[]",
      '"text"',
      "{}",
      "\u0000",
      "-",
      '{"ts":1e99999,"key_id":"k"}',
    ),
  )
  .map((broken) => ({ text: broken, good: false }));
