import type { KeyVersion } from "./key.js";
import type { ObservedBy } from "../event/request-event.js";

/** What keys can have in common. */
export const GROUP_KINDS = ["fleet", "owner", "service", "provider"] as const;

export type GroupKind = (typeof GROUP_KINDS)[number];

/** A set of keys that are looked at together, as one observer saw them. */
export interface KeyGroup {
  readonly kind: GroupKind;
  /** The label that its keys share; "" for the whole fleet. */
  readonly name: string;
  readonly observedBy: ObservedBy;
}

/** Name of a group in a map; parseGroup is the way back. */
export function groupKey({ kind, name, observedBy }: KeyGroup): string {
  return `${observedBy} ${kind} ${name}`;
}

/** The group that a name in a map stands for. */
export function parseGroup(key: string): KeyGroup {
  const [observedBy, kind, ...name] = key.split(" ");
  return { observedBy: observedBy as ObservedBy, kind: kind as GroupKind, name: name.join(" ") };
}

/** Groups of a key: the fleet, and those of its labels that are known. */
export function groupsOf(
  key: Pick<KeyVersion, "owner" | "service" | "provider"> | undefined,
  observedBy: ObservedBy,
): string[] {
  const labels = { fleet: "", owner: key?.owner ?? "", service: key?.service ?? "", provider: key?.provider ?? "" };
  return GROUP_KINDS.filter((kind) => kind === "fleet" || labels[kind] !== "").map((kind) =>
    groupKey({ kind, name: labels[kind], observedBy }),
  );
}
