import { groupsOf } from "../../../model/key/key-group.js";
import { eldersOf, type Lineages } from "../../../model/key/lineage.js";
import type { HourForecast } from "../../../model/finding/hour-forecast.js";
import { OBSERVERS } from "../../../model/event/request-event.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { NamedSubject } from "./usage-quarters.js";
import { subjectKey } from "../../../model/subject.js";

/** What is known of a key of a span besides its usage. */
export interface Member {
  readonly hourForecast: HourForecast | null;
  /** A provider's report of a key that is seen by others too: these are judged, and what they do not account for. */
  readonly isCovered: boolean;
  readonly limitPerMinute: number | null;
  readonly groups: readonly string[];
  /** Positions of the keys that it succeeds. */
  readonly elders: readonly number[];
  /** Positions of the keys that succeed it. */
  readonly heirs: readonly number[];
}

/** What members are made of. */
interface MemberFacts {
  readonly subjects: readonly NamedSubject[];
  readonly hourForecasts: ReadonlyMap<string, HourForecast>;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  readonly lineages: Lineages;
}

/** What is known of each key of a span, in the order of its usage. */
export function membersOfSpan({ subjects, hourForecasts, keys, lineages }: MemberFacts): Member[] {
  const positions = new Map(subjects.map(({ name }, i) => [name, i]));
  const isSeen = (name: string) => positions.has(name) || hourForecasts.has(name);
  const eldersAt = (name: string) => eldersOf(lineages, name).flatMap((elder) => positions.get(elder) ?? []);
  const heirsAt = subjects.map((): number[] => []);
  for (const [i, { name }] of subjects.entries()) for (const elder of eldersAt(name)) heirsAt[elder]!.push(i);
  return subjects.map(({ name, keyId, observedBy }, i) => {
    const key = keys.get(keyId);
    return {
      hourForecast: hourForecasts.get(name) ?? null,
      isCovered:
        observedBy === "provider" &&
        OBSERVERS.some((other) => other !== "provider" && isSeen(subjectKey({ keyId, observedBy: other }))),
      limitPerMinute: key?.limitPerMinute ?? null,
      groups: groupsOf(key, observedBy),
      elders: eldersAt(name),
      heirs: heirsAt[i]!,
    };
  });
}
