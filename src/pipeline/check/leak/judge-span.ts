import { setImmediate } from "node:timers/promises";
import { forecast, tickMarks } from "../../../baseline/outlook.js";
import { deservesLook, highestFloor } from "../../../detect/first-look.js";
import { GroupSums, surgeOf } from "../../../detect/group-sums.js";
import { couldMatter } from "../../../detect/judge-key.js";
import { familiarRequests, familiarSpend, withMovedOn, type KeyTick } from "../../../detect/measure.js";
import type { Thresholds } from "../../../detect/threshold.js";
import { NOVEL_DAYS } from "../../../model/finding/baseline.js";
import { NO_NOVEL_TRAFFIC } from "../../../model/finding/novelty.js";
import { perWindow } from "../../../model/finding/window.js";
import { DAY_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import { floorsAt, type MinuteSeries } from "./minute-series.js";
import { addToGroups } from "../../../detect/sum-groups.js";
import type { MemberTick } from "../group/write-group-finding.js";
import { keepDraft, newDraftTick, raiseDraft, type DraftTick } from "./draft-tick.js";
import { novelAtTicks } from "../facts/novel-hour.js";
import { membersOfSpan } from "./members-of-span.js";
import type { NovelBefore } from "../facts/novel-windows.js";
import type { SpanFigures } from "./read-span.js";
import type { Subject } from "../../../model/subject.js";

/** A key whose last quarter of an hour stayed below this share of its limit has no floor worth measuring. */
const LEAST_SHARE_FOR_FLOORS = 0.25;

/** A key at a tick that the first look did not rule out. */
export interface Suspect {
  readonly subject: Subject & { readonly name: string };
  readonly at: number;
  /** Figures without floors. */
  readonly tick: KeyTick;
  /** The limit under which floors have to be measured; null when they cannot matter. */
  readonly floorsUnder: number | null;
}

/** What a look at every key at every tick of a span came to. */
export interface SpanLook {
  readonly suspects: readonly Suspect[];
  /** Keys judged, per tick. */
  readonly keysAt: ReadonlyMap<number, number>;
  /** What groups of keys did, per tick. */
  readonly sumsAt: ReadonlyMap<number, GroupSums>;
  /** A key's figures at a tick, what its groups share taken for expected; null when it did nothing for a day. */
  readonly figuresAt: (name: string, at: number) => KeyTick | null;
  readonly membersOf: (group: string, at: number) => MemberTick[];
}

/** Looks at every watched key at every tick of a span; between ticks the rest of the process runs. */
export async function lookAtSpan(
  figures: SpanFigures,
  { hour, ticks }: TickSpan,
  limits: Thresholds,
): Promise<SpanLook> {
  const { usage, learned, novelty } = figures;
  const held = new Map(novelty.held.keys.map((keyId, i) => [keyId, novelty.held.days[i]!]));
  const novelMs = (keyId: string) => (NOVEL_DAYS + (held.get(keyId) ?? 0)) * DAY_MS;
  const members = membersOfSpan(figures);
  // A lineage counts once in its groups, by its newest key.
  const superseded = new Set(members.flatMap(({ elders }) => elders));
  const draft = newDraftTick();
  const novel = novelAtTicks(figures.novel, hour, ticks, novelMs);
  const scenes = new Map(
    ticks.map((at, t) => {
      const marks = learned === null ? null : tickMarks(hour, at, figures.spokenFrom, figures.shares);
      return [at, { marks, novel: novel[t]!, sums: new GroupSums() }] as const;
    }),
  );
  type Scene = NonNullable<ReturnType<(typeof scenes)["get"]>>;
  const write = (i: number, at: number, { marks, novel: before }: Scene): boolean => {
    if (members[i]!.isCovered || !usage.read(i, at, draft.requests, draft.spendMicros)) return false;
    const { outlook, limitPerMinute, elders, heirs } = members[i]!;
    for (const elder of elders) addFamiliar(draft, usage, elder, at, before);
    if (outlook !== null && marks !== null) forecast(outlook, marks, draft.ahead);
    draft.expectation = outlook !== null && marks !== null && draft.ahead.known ? draft.ahead : null;
    draft.novel = before.get(usage.subjects[i]!.name)?.traffic ?? NO_NOVEL_TRAFFIC;
    if (heirs.length > 0) {
      const moved = { requests: [0, 0, 0, 0], spendMicros: [0, 0, 0, 0] } as FamiliarSums;
      for (const heir of heirs) addFamiliar(moved, usage, heir, at, before);
      Object.assign(draft.requests, withMovedOn(draft, moved.requests));
    }
    draft.churn = outlook?.churn ?? [];
    draft.spendPerRequest = outlook?.spendPerRequest ?? 0;
    draft.ageDays = outlook === null ? 0 : (at - outlook.bornAt) / DAY_MS;
    draft.isPlaced = !figures.unplaced.has(usage.subjects[i]!.name);
    draft.limitPerMinute = limitPerMinute;
    return true;
  };
  const raise = (i: number, { sums }: Scene): void => {
    const { outlook, groups } = members[i]!;
    if (outlook !== null) raiseDraft(draft, outlook.noise, surgeOf(groups.map((group) => sums.of(group))));
  };
  const deserves = () => draft.novel !== NO_NOVEL_TRAFFIC || deservesLook(draft, limits);
  const suspects: Suspect[] = [];
  const keysAt = new Map<number, number>();
  for (const [at, scene] of scenes) {
    await setImmediate();
    let judged = 0;
    const deserving = new Uint8Array(members.length);
    for (const [i, { groups, outlook }] of members.entries()) {
      if (!write(i, at, scene)) continue;
      judged += 1;
      if (!superseded.has(i)) addToGroups(scene.sums, groups, draft, outlook, at);
      if (deserves()) deserving[i] = 1;
    }
    if (judged > 0) keysAt.set(at, judged);
    const surging = scene.sums.surging();
    for (const [i, subject] of usage.subjects.entries()) {
      // Nothing was taken for expected of most keys: the first look at these stands.
      const isRaised = surging.size > 0 && members[i]!.groups.some((group) => surging.has(group));
      if ((!isRaised && deserving[i] === 0) || !write(i, at, scene)) continue;
      raise(i, scene);
      if (isRaised && !deserves()) continue;
      const tick = keepDraft(draft);
      const { limitPerMinute: limit } = draft;
      const floorsUnder = limit !== null && tick.requests[0] / 15 >= LEAST_SHARE_FOR_FLOORS * limit ? limit : null;
      if (couldMatter(floorsUnder === null ? tick : underHighestFloors(tick, floorsUnder), limits)) {
        suspects.push({ subject, at, tick, floorsUnder });
      }
    }
  }
  const indexOf = new Map(usage.subjects.map(({ name }, i) => [name, i]));
  const figuresOf = (i: number, at: number): KeyTick | null => {
    const scene = scenes.get(at)!;
    if (!write(i, at, scene)) return null;
    raise(i, scene);
    return keepDraft(draft);
  };
  return {
    suspects,
    keysAt,
    sumsAt: new Map([...scenes].map(([at, { sums }]) => [at, sums])),
    figuresAt: (name, at) => {
      const i = indexOf.get(name);
      return i === undefined ? null : figuresOf(i, at);
    },
    membersOf: (group, at) =>
      usage.subjects.flatMap((subject, i): MemberTick[] => {
        const { groups } = members[i]!;
        const own = groups.includes(group) && !superseded.has(i) ? figuresOf(i, at) : null;
        return own === null ? [] : [{ subject, at, groups, figures: own }];
      }),
  };
}

/** Sums per window of what keys use from networks that they know. */
type FamiliarSums = Pick<DraftTick, "requests" | "spendMicros">;

/** Adds what a key that the judged one succeeds, or that succeeds it, uses from networks that it knows: callers move from one to the other. */
function addFamiliar(
  sums: FamiliarSums,
  usage: SpanFigures["usage"],
  relative: number,
  at: number,
  novel: ReadonlyMap<string, NovelBefore>,
): void {
  const [requests, spendMicros] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ] as [[number, number, number, number], [number, number, number, number]];
  if (!usage.read(relative, at, requests, spendMicros)) return;
  const tick = { requests, spendMicros, novel: novel.get(usage.subjects[relative]!.name)?.traffic ?? NO_NOVEL_TRAFFIC };
  const [knownRequests, knownSpend] = [familiarRequests(tick), familiarSpend(tick)];
  for (let w = 0; w < 4; w += 1) {
    sums.requests[w]! += knownRequests[w]!;
    sums.spendMicros[w]! += knownSpend[w]!;
  }
}

/** The figures with floors as high as they could be. */
function underHighestFloors(tick: KeyTick, limitPerMinute: number): KeyTick {
  return { ...tick, floors: perWindow((w) => highestFloor(tick.requests, limitPerMinute, w)), currentShare: 1 };
}

/** The figures of a suspect with its floors, from its minutes. */
export function withFloors({ tick, at, floorsUnder }: Suspect, series: MinuteSeries | undefined): KeyTick {
  return floorsUnder === null || series === undefined ? tick : { ...tick, ...floorsAt(series, at, floorsUnder) };
}
