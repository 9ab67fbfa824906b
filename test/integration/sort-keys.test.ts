import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readKeyList } from "../../src/pipeline/view/key-list.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const HOUR = 3_600_000;
const now = Math.floor(Date.now() / HOUR) * HOUR;
const PRINT = "0123456789abcdef".padEnd(64, "0");
const FORMER = "fp_0123456789abcdef";
/** More than are asked for by name. */
const KEYS = 2100;
const idOf = (n: number) => `k-${String(n).padStart(4, "0")}`;
let checks = undefined as unknown as OpenChecks;

/** The busiest keys are of another owner, some are used as a gateway and a caller see them, and one was busier before it was registered. */
before(async () => {
  checks = await openChecks();
  const keys = Array.from({ length: KEYS }, (_, n) => keyVersion({ keyId: idOf(n), owner: "many" }));
  const others = Array.from({ length: 60 }, (_, n) => keyVersion({ keyId: `z-${n}`, owner: "other" }));
  const met = keyVersion({ keyId: "met", owner: "many", fingerprints: [PRINT] });
  await checks.store.registry.insertKeys([...keys, ...others, met], "test");
  const use = (keyId: string, count: number, more: object = {}) => perMinute(keyId, now - 2 * HOUR, [count], more);
  const ranks = Array.from({ length: 90 }, (_, n) => n);
  const ofMany = [
    ...ranks.flatMap((n) => use(idOf(n * 7), 1 + ((n * 31) % 40), { spendMicros: 1 + ((n * 17) % 23) })),
    ...ranks.filter((n) => n % 3 === 0).flatMap((n) => use(idOf(n * 7), 1 + ((n * 13) % 50), { observedBy: "caller" })),
    ...ranks.filter((n) => n % 5 === 0).flatMap((n) => use(idOf(n * 7), 2, { status: 429 })),
  ];
  const ofOthers = Array.from({ length: 60 }, (_, n) => n).flatMap((n) => use(`z-${n}`, 500 + n));
  await insertEvents(checks.store, [...ofMany, ...ofOthers, ...use("met", 3), ...use(FORMER, 30)]);
});
after(async () => checks.close());

const NO_FILTER = { owner: "", service: "", provider: "", environment: "", state: "", hygiene: "" } as const;

test("keys are in the order of what the one saw of each in a day that saw most, page by page, both ways and of one owner", async () => {
  const { store } = checks;
  const used = (await store.view.readFleetDay(now, 1_000_000)).toSorted((a, b) => b.requests - a.requests);
  const presentOf = (keyId: string) => (keyId === FORMER ? "met" : keyId);
  const all = [...Array.from({ length: KEYS }, (_, n) => idOf(n)), "met"];
  const others = Array.from({ length: 60 }, (_, n) => `z-${n}`);
  for (const [sort, figureOf] of [
    ["requests", (one: (typeof used)[number]) => one.requests],
    ["spend", (one: (typeof used)[number]) => one.spendMicros],
    ["refused", (one: (typeof used)[number]) => one.throttled],
  ] as const) {
    const figures = new Map<string, number>();
    // Nobody else saw the key that has a former id: what it did under both is its own.
    for (const one of used.toReversed())
      figures.set(
        presentOf(one.keyId),
        figureOf(one) + (presentOf(one.keyId) === "met" ? (figures.get("met") ?? 0) : 0),
      );
    for (const isDescending of [true, false])
      for (const owner of ["", "many"])
        for (const skipped of [0, 50, 100]) {
          const question = { ...NO_FILTER, owner, sort, isDescending };
          const list = await readKeyList(store, question, now, { skipped, most: 50 });
          const valueOf = (keyId: string) => (isDescending ? -1 : 1) * (figures.get(keyId) ?? 0);
          const expected = (owner === "" ? [...all, ...others] : all)
            .toSorted((a, b) => valueOf(a) - valueOf(b) || (a < b ? -1 : 1))
            .slice(skipped, skipped + 50);
          const shown = list.rows.map(({ keyId }) => keyId);
          assert.deepEqual(shown, expected, `${sort} ${isDescending} ${owner} ${skipped}`);
        }
  }
});
