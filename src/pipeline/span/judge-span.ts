import { forecast, newForecast, setForecast, tickMarks, type Forecast } from "../../baseline/outlook.js";
import { deservesLook, highestFloor } from "../../detect/first-look.js";
import { GroupSums, surgeOf } from "../../detect/group-sums.js";
import { couldMatter } from "../../detect/judge-key.js";
import type { KeyTick } from "../../detect/measure.js";
import type { Thresholds } from "../../detect/threshold.js";
import { NOVEL_DAYS } from "../../model/baseline.js";
import { groupsOf } from "../../model/key-group.js";
import { NO_NOVEL_TRAFFIC, type NovelTraffic } from "../../model/novelty.js";
import type { Outlook } from "../../model/outlook.js";
import { perWindow, type PerWindow } from "../../model/window.js";
import type { Subject } from "../../store/usage.js";
import { DAY_MS, dayStart } from "../../time/day.js";
import type { TickSpan } from "../../time/ticks.js";
import { floorsAt, type MinuteSeries } from "../minute-series.js";
import { addToGroups } from "../sum-groups.js";
import type { MemberTick } from "../write-group-finding.js";
import { novelBefore } from "./novel-windows.js";
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

/** Figures that are written over for the next key: millions are looked at, few are kept. */
interface Draft extends KeyTick {
  readonly requests: [number, number, number, number];
  readonly spendMicros: [number, number, number, number];
  novel: NovelTraffic;
  expectation: Forecast | null;
  churn: readonly number[];
  spendPerRequest: number;
  ageDays: number;
  limitPerMinute: number | null;
}

/** Looks at every key at every tick of a span. */
export function lookAtSpan(figures: SpanFigures, { hour, ticks }: TickSpan, limits: Thresholds): SpanLook {
  const { usage, learned, novelty } = figures;
  const held = new Map(novelty.held.keys.map((keyId, i) => [keyId, novelty.held.days[i]!]));
  const novelMs = (keyId: string) => (NOVEL_DAYS + (held.get(keyId) ?? 0)) * DAY_MS;
  const members = membersOfSpan(figures);
  const ahead = newForecast();
  const draft: Draft = {
    requests: [0, 0, 0, 0],
    spendMicros: [0, 0, 0, 0],
    novel: NO_NOVEL_TRAFFIC,
    expectation: null,
    churn: [],
    spendPerRequest: 0,
    ageDays: 0,
    floors: null,
    currentShare: 0,
    limitPerMinute: null,
  };
  const scenes = new Map(
    ticks.map((at) => {
      const marks = learned === null ? null : tickMarks(hour, at, dayStart(learned.day), figures.shares);
      return [at, { marks, novel: novelBefore(figures.novel, at, novelMs), sums: new GroupSums() }] as const;
    }),
  );
  type Scene = NonNullable<ReturnType<(typeof scenes)["get"]>>;
  const write = (i: number, at: number, { marks, novel }: Scene): boolean => {
    if (!usage.read(i, at, draft.requests, draft.spendMicros)) return false;
    const { outlook, limitPerMinute } = members[i]!;
    if (outlook !== null && marks !== null) forecast(outlook, marks, ahead);
    draft.expectation = outlook !== null && marks !== null && ahead.known ? ahead : null;
    draft.novel = novel.get(usage.subjects[i]!.name)?.traffic ?? NO_NOVEL_TRAFFIC;
    draft.churn = outlook?.churn ?? [];
    draft.spendPerRequest = outlook?.spendPerRequest ?? 0;
    draft.ageDays = outlook === null ? 0 : (at - outlook.bornAt) / DAY_MS;
    draft.limitPerMinute = limitPerMinute;
    return true;
  };
  const raise = (i: number, { sums }: Scene): void => {
    const { outlook, groups } = members[i]!;
    if (draft.expectation === null || outlook === null) return;
    const surge = surgeOf(groups.map((group) => sums.of(group)));
    if (surge.some((factor) => factor !== 0)) raiseForecast(ahead, outlook.noise, surge);
  };
  const suspects: Suspect[] = [];
  const keysAt = new Map<number, number>();
  for (const [at, scene] of scenes) {
    let judged = 0;
    for (const [i, { groups, outlook }] of members.entries()) {
      if (!write(i, at, scene)) continue;
      judged += 1;
      addToGroups(scene.sums, groups, draft, outlook, at);
    }
    if (judged > 0) keysAt.set(at, judged);
    for (const [i, subject] of usage.subjects.entries()) {
      if (!write(i, at, scene)) continue;
      raise(i, scene);
      if (draft.novel === NO_NOVEL_TRAFFIC && !deservesLook(draft, limits)) continue;
      const tick = snapshot(draft);
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
    return snapshot(draft);
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
        const own = groups.includes(group) ? figuresOf(i, at) : null;
        return own === null ? [] : [{ subject, at, groups, figures: own }];
      }),
  };
}

interface Member {
  readonly outlook: Outlook | null;
  readonly limitPerMinute: number | null;
  readonly groups: readonly string[];
}

function membersOfSpan({ usage, outlooks, keys }: SpanFigures): Member[] {
  return usage.subjects.map(({ name, keyId, observedBy }) => {
    const key = keys.get(keyId);
    return {
      outlook: outlooks.get(name) ?? null,
      limitPerMinute: key?.limitPerMinute ?? null,
      groups: groupsOf(key, observedBy),
    };
  });
}

/** What `raised` does, in place. */
function raiseForecast(ahead: Forecast, noise: readonly number[], surge: PerWindow): void {
  for (let w = 0; w < 4; w += 1) setForecast(ahead, w, ahead.requests[w]! * Math.exp(surge[w]!), noise);
}

function snapshot(draft: Draft): KeyTick {
  const { expectation, limitPerMinute: _, ...rest } = draft;
  return {
    ...rest,
    requests: [...draft.requests],
    spendMicros: [...draft.spendMicros],
    expectation:
      expectation === null
        ? null
        : {
            requests: [...expectation.requests],
            rateVariance: [...expectation.rateVariance],
            spendVariance: [...expectation.spendVariance],
          },
  };
}

/** The figures with floors as high as they could be. */
function underHighestFloors(tick: KeyTick, limitPerMinute: number): KeyTick {
  return { ...tick, floors: perWindow((w) => highestFloor(tick.requests, limitPerMinute, w)), currentShare: 1 };
}

/** The figures of a suspect with its floors, from its minutes. */
export function withFloors({ tick, at, floorsUnder }: Suspect, series: MinuteSeries | undefined): KeyTick {
  return floorsUnder === null || series === undefined ? tick : { ...tick, ...floorsAt(series, at, floorsUnder) };
}
