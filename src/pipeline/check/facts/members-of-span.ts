import { groupsOf } from "../../../model/key/key-group.js";
import { eldersOf, type Lineages } from "../../../model/key/lineage.js";
import { OBSERVERS } from "../../../model/event/request-event.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { ExpectedOfKeys } from "./expected-of-keys.js";
import type { NamedSubject } from "./usage-quarters.js";
import { subjectKey } from "../../../model/subject.js";

/** What is known of a key of a span besides its usage. */
export interface Member {
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
  readonly expected: ExpectedOfKeys;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  readonly lineages: Lineages;
}

/** What is known of each key of a span, in the order of its usage. */
export function membersOfSpan({ subjects, expected, keys, lineages }: MemberFacts): Member[] {
  const positions = new Map(subjects.map(({ name }, i) => [name, i]));
  const isSeen = (name: string) => positions.has(name) || expected.rowOf(name) >= 0;
  const eldersAt = (name: string) => {
    const elders = eldersOf(lineages, name);
    return elders.length === 0 ? NONE : elders.flatMap((elder) => positions.get(elder) ?? []);
  };
  const heirsAt = new Map<number, number[]>();
  for (const [i, { name }] of subjects.entries()) {
    for (const elder of eldersAt(name)) heirsAt.set(elder, [...(heirsAt.get(elder) ?? NONE), i]);
  }
  const groupsAt = shared(groupsOf);
  return subjects.map(({ name, keyId, observedBy }, i) => {
    const key = keys.get(keyId);
    return {
      isCovered:
        observedBy === "provider" &&
        OBSERVERS.some((other) => other !== "provider" && isSeen(subjectKey({ keyId, observedBy: other }))),
      limitPerMinute: key?.limitPerMinute ?? null,
      groups: groupsAt(key, observedBy),
      elders: eldersAt(name),
      heirs: heirsAt.get(i) ?? NONE,
    };
  });
}

const NONE: readonly number[] = [];

/** The same, with one list for all keys of the same groups: keys are many, and groups are few. */
function shared(listOf: typeof groupsOf): (...of: Parameters<typeof groupsOf>) => readonly string[] {
  const lists = new Map<string, readonly string[]>();
  return (key, observedBy) => {
    const name = JSON.stringify([key?.owner, key?.service, key?.provider, observedBy]);
    let list = lists.get(name);
    if (list === undefined) lists.set(name, (list = listOf(key, observedBy)));
    return list;
  };
}
