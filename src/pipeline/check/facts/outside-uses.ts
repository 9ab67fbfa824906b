import type { AllowedNetworks, SourceUse } from "../../../store/check/source-usage.js";
import type { NoveltyFacts } from "../../../store/check/novelty-fact.js";
import type { Store } from "../../../store/store.js";
import { MOST_NEW_VALUES } from "../../../store/check/novelty-facts.js";
import { subjectKey } from "../../../model/subject.js";
import { DAY_MS, HOUR_MS } from "../../../time/day.js";
import type { CheckCache } from "./check-cache.js";
import type { KnownNovelty } from "./novelty-memory.js";
import type { ObservedLog } from "./observed-log.js";
import { QUARTER_MS } from "./quarter-usage.js";
import { ReadMinutes, type Stretch } from "./read-minutes.js";

/** Before anything was recorded (epoch ms); 0 is no time that ClickHouse reads. */
const FROM_EVER = DAY_MS;

/** What uses outside allowed networks are read with, besides the networks. */
interface OutsideScene {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly observed: ObservedLog;
  readonly novelty: KnownNovelty;
  /** What stands for the registry that the networks are of. */
  readonly registry: string;
}

/**
 * Requests that were served outside the allowed networks of keys in a span (epoch ms, half-open) and the rest of its first quarter of an hour. Nearly no key
 * was ever used outside of its networks: which were is found out once, and after that from what is new to keys. Whole quarters are kept as long
 * as no row of theirs is added.
 */
export async function readOutsideUses(
  scene: OutsideScene,
  allowed: readonly AllowedNetworks[],
  span: { readonly from: number; readonly to: number },
): Promise<SourceUse[]> {
  const keys = await readKeysOutside(scene, allowed);
  const asked = allowed.filter(({ keyId }) => keys.has(keyId));
  const quarters: (readonly SourceUse[])[] = [];
  let missing: number | null = null;
  const readMissing = async (to: number) => {
    if (missing !== null && missing < to) {
      const found = await readQuarters(scene, asked, { from: missing, to });
      // Quarters after the span are read along within a reach: they are for later spans.
      quarters.push(...found.slice(0, Math.ceil((span.to - missing) / QUARTER_MS)));
    }
    missing = null;
  };
  for (let from = Math.floor(span.from / QUARTER_MS) * QUARTER_MS; from < span.to; from += QUARTER_MS) {
    const isWhole = from + QUARTER_MS <= span.to;
    const kept = isWhole ? scene.memory.outsideUses.peek(String(from), stampOf(scene, from).text) : undefined;
    if (kept === undefined) {
      missing ??= from;
      continue;
    }
    await readMissing(from);
    quarters.push(kept);
  }
  if (missing !== null && span.to - missing < QUARTER_MS)
    quarters.push(await readRunning(scene, asked, { from: missing, until: span.to }));
  else await readMissing(span.to % QUARTER_MS === 0 ? scene.memory.readUntil(span.to - HOUR_MS, span.to) : span.to);
  return joined(quarters);
}

/** Uses of a quarter that goes on: the minutes that got rows since it was last read are read again, or all of it once others are asked for. */
async function readRunning(
  scene: OutsideScene,
  asked: readonly AllowedNetworks[],
  { from, until }: Stretch,
): Promise<readonly SourceUse[]> {
  if (asked.length === 0) return [];
  const { memory, observed, novelty, registry } = scene;
  const stamp = `${from} ${novelty.since} ${registry} ${asked.map(({ keyId }) => keyId).join()}`;
  const known = memory.runningOutside.peek("", stamp);
  const read = known?.read ?? new ReadMinutes();
  const changed = read.changed(observed, { from, until });
  if (known !== undefined && changed === null) return known.uses;
  const since = known === undefined ? from : changed!.from;
  const fresh = await scene.store.check.readUsesOutside(asked, { from: since, to: until }, null);
  const before = (known?.uses ?? []).flatMap((use) => within(use, from, since));
  const uses = joined([before, fresh]);
  read.note(observed, { from, until });
  memory.runningOutside.keep("", stamp, { uses, read });
  return uses;
}

/** Keys that were ever served outside of their networks, and maybe some more. */
async function readKeysOutside(
  { store, memory, novelty, registry }: OutsideScene,
  allowed: readonly AllowedNetworks[],
): Promise<ReadonlySet<string>> {
  const stamp = `${novelty.since} ${registry}`;
  const before = await memory.keysOutside.recall("", { stamp, keep: true }, async () => {
    return new Set(await store.check.readKeysOutsideAllowed(allowed, FROM_EVER, null));
  });
  const since = memory.keysOutsideSince.recall([novelty.facts], () => keysOutsideBy(novelty.facts));
  return new Set([...before, ...since]);
}

/** Keys that are outside by an address that is new to them, or to which too many are new for all of them to be known. */
function keysOutsideBy({ addresses }: NoveltyFacts): Set<string> {
  const keys = new Set<string>();
  const newOf = new Map<string, number>();
  for (const { keyId, isAllowed, outsideAllowed } of addresses) {
    const count = (newOf.get(keyId) ?? 0) + 1;
    newOf.set(keyId, count);
    if (isAllowed === false || outsideAllowed > 0 || count >= MOST_NEW_VALUES) keys.add(keyId);
  }
  return keys;
}

/** Reads a span that begins with a quarter, and keeps those of its quarters that are whole. */
async function readQuarters(
  scene: OutsideScene,
  asked: readonly AllowedNetworks[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<SourceUse[][]> {
  const uses = asked.length === 0 ? [] : await scene.store.check.readUsesOutside(asked, { from, to }, null);
  const quarters: SourceUse[][] = [];
  for (let begin = from; begin < to; begin += QUARTER_MS) {
    const own = uses.flatMap((use) => within(use, begin, begin + QUARTER_MS));
    const { text, settled } = stampOf(scene, begin);
    if (settled && begin + QUARTER_MS <= to) scene.memory.outsideUses.keep(String(begin), text, own);
    quarters.push(own);
  }
  return quarters;
}

function stampOf({ observed, registry, novelty }: OutsideScene, quarter: number) {
  const { text, settled } = observed.stamp(quarter, quarter + QUARTER_MS);
  return { text: `${text} ${novelty.since} ${registry}`, settled };
}

function within(use: SourceUse, from: number, until: number): SourceUse[] {
  const first = use.minutes.findIndex((minute) => minute >= from);
  if (first < 0 || use.minutes[first]! >= until) return [];
  const next = use.minutes.findIndex((minute) => minute >= until);
  const end = next < 0 ? use.minutes.length : next;
  return [
    Object.assign(
      {},
      use,
      columnsOf(use, (column) => column.slice(first, end)),
    ),
  ];
}

/** The uses of quarters that follow one another, one for each source. */
function joined(quarters: readonly (readonly SourceUse[])[]): SourceUse[] {
  const bySource = new Map<string, SourceUse[]>();
  for (const use of quarters.flat()) {
    const name = `${subjectKey(use)} ${use.address} ${use.asn} ${use.networkType}`;
    const parts = bySource.get(name);
    if (parts === undefined) bySource.set(name, [use]);
    else parts.push(use);
  }
  return [...bySource.values()].map((parts) =>
    Object.assign({}, parts[0]!, {
      minutes: parts.flatMap(({ minutes }) => minutes),
      requests: parts.flatMap(({ requests }) => requests),
      spendMicros: parts.flatMap(({ spendMicros }) => spendMicros),
    }),
  );
}

function columnsOf(
  { minutes, requests, spendMicros }: SourceUse,
  cut: (column: readonly number[]) => readonly number[],
): Pick<SourceUse, "minutes" | "requests" | "spendMicros"> {
  return { minutes: cut(minutes), requests: cut(requests), spendMicros: cut(spendMicros) };
}
