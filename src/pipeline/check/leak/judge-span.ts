import { setImmediate } from "node:timers/promises";
import { tickMarks } from "../../../baseline/hour-forecast.js";
import { deservesLook, highestFloor } from "../../../detect/first-look.js";
import { GroupSums } from "../../../detect/group-sums.js";
import { couldMatter } from "../../../detect/judge-key.js";
import type { KeyTick } from "../../../detect/measure.js";
import { addToGroups } from "../../../detect/sum-groups.js";
import type { Thresholds } from "../../../detect/threshold.js";
import { NO_NOVEL_TRAFFIC } from "../../../model/finding/novelty.js";
import { NO_REFUSALS } from "../../../model/finding/refusals.js";
import { perWindow } from "../../../model/finding/window.js";
import type { Subject } from "../../../model/subject.js";
import { DAY_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import { novelAtTicks } from "../facts/novel-hour.js";
import { groupRuns, novelAtTick, novelMsOf } from "../facts/novel-windows.js";
import type { MemberTick } from "../group/write-group-finding.js";
import type { DraftTick } from "./draft-tick.js";
import { KeyDrafts, novelByPosition, type Scene } from "./key-drafts.js";
import { SUPERSEDED } from "../facts/key-columns.js";
import { floorsAt, type MinuteSeries } from "./minute-series.js";
import type { SpanFigures } from "./read-span.js";

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
export async function lookAtSpan(figures: SpanFigures, span: TickSpan, limits: Thresholds): Promise<SpanLook> {
  const look = openLook(figures, span, limits);
  const { scenes, drafts } = look;
  const { usage, members, columns } = figures;
  const suspects: Suspect[] = [];
  const keysAt = new Map<number, number>();
  for (const opened of scenes.values()) {
    await setImmediate();
    const scene = { ...opened, usage: usage.lay(opened.at) };
    const { judged, deserving } = addUp(look, scene);
    if (judged > 0) keysAt.set(scene.at, judged);
    suspects.push(...suspectsAt(look, scene, deserving));
  }
  return {
    suspects,
    keysAt,
    sumsAt: new Map([...scenes].map(([at, { sums }]) => [at, sums])),
    figuresAt: (name, at) => {
      const i = columns.positions.get(name);
      return i === undefined ? null : drafts.keep(i, scenes.get(at)!);
    },
    membersOf: (group, at) =>
      usage.subjects.flatMap((subject, i): MemberTick[] => {
        const { groups } = members[i]!;
        const isMember = groups.includes(group) && (columns.marks[i]! & SUPERSEDED) === 0;
        const own = isMember ? drafts.keep(i, scenes.get(at)!) : null;
        return own === null ? [] : [{ subject, at, groups, figures: own }];
      }),
  };
}

/** A span that is being looked at. */
interface Look {
  readonly figures: SpanFigures;
  readonly drafts: KeyDrafts;
  /** By tick, in order. */
  readonly scenes: ReadonlyMap<number, Scene>;
  readonly limits: Thresholds;
}

function openLook(figures: SpanFigures, { hour, ticks }: TickSpan, limits: Thresholds): Look {
  const { usage, learned, novelty, columns } = figures;
  const novelMs = novelMsOf(novelty.held);
  const novel =
    ticks.length === 1
      ? [novelAtTick(figures.novel, ticks[0]!, novelMs, figures.join)]
      : novelAtTicks(groupRuns(figures.novel), hour, ticks, novelMs);
  const sceneAt = (at: number, t: number): Scene => {
    const marks = learned === null ? null : tickMarks(hour, at, figures.spokenFrom, figures.shares);
    const byPosition = novelByPosition(novel[t]!, columns.positions);
    return { at, marks, usage: usage.at(at), novel: byPosition, sums: new GroupSums() };
  };
  return {
    figures,
    drafts: new KeyDrafts(figures, hour - DAY_MS),
    scenes: new Map(ticks.map((at, t) => [at, sceneAt(at, t)])),
    limits,
  };
}

/** Adds up what groups of keys did before a tick: how many keys are judged at it, and which deserve a second look by themselves. */
function addUp({ figures, drafts, limits }: Look, scene: Scene) {
  const { members, columns } = figures;
  let judged = 0;
  const deserving: number[] = [];
  for (let i = 0; i < members.length; i += 1) {
    if (!drafts.write(i, scene)) continue;
    judged += 1;
    // A lineage counts once in its groups, by its newest key.
    if ((columns.marks[i]! & SUPERSEDED) === 0) {
      addToGroups(scene.sums, members[i]!.groups, drafts.draft, columns.suspectUntil[i]!, scene.at);
    }
    if (deserves(drafts.draft, limits)) deserving.push(i);
  }
  return { judged, deserving };
}

/**
 * Keys that the first look at a tick does not rule out, what their groups share taken for expected. That excuses a key and accuses none: those that the
 * first look rules out without it stay so.
 */
function suspectsAt({ figures, drafts, limits }: Look, scene: Scene, deserving: readonly number[]): Suspect[] {
  const { members, usage } = figures;
  const suspects: Suspect[] = [];
  const surging = scene.sums.surging();
  for (const i of deserving) {
    if (!drafts.write(i, scene)) continue;
    drafts.complete(i, scene);
    // Nothing was taken for expected of most keys: the first look at these stands.
    const isRaised = surging.size > 0 && members[i]!.groups.some((group) => surging.has(group));
    if (isRaised && !deserves(drafts.draft, limits)) continue;
    const { limitPerMinute: limit, requests } = drafts.draft;
    const floorsUnder = limit !== null && requests[0] / 15 >= LEAST_SHARE_FOR_FLOORS * limit ? limit : null;
    if (couldMatter(floorsUnder === null ? drafts.draft : underHighestFloors(drafts.draft, floorsUnder), limits)) {
      suspects.push({ subject: usage.subjects[i]!, at: scene.at, tick: drafts.keepWritten(), floorsUnder });
    }
  }
  return suspects;
}

function deserves(draft: DraftTick, limits: Thresholds): boolean {
  return draft.novel !== NO_NOVEL_TRAFFIC || draft.refusals !== NO_REFUSALS || deservesLook(draft, limits);
}

/** The figures with floors as high as they could be. */
function underHighestFloors(tick: KeyTick, limitPerMinute: number): KeyTick {
  return { ...tick, floors: perWindow((w) => highestFloor(tick.requests, limitPerMinute, w)), currentShare: 1 };
}

/** The figures of a suspect with its floors, from its minutes. */
export function withFloors({ tick, at, floorsUnder }: Suspect, series: MinuteSeries | undefined): KeyTick {
  return floorsUnder === null || series === undefined ? tick : { ...tick, ...floorsAt(series, at, floorsUnder) };
}
