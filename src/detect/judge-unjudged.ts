import type { CoverageProblem } from "./coverage-problem.js";

/** Keys that nobody registered and that are not judged, since more of them than `cap` were used in the last day. */
export interface UnjudgedKeys {
  readonly keys: number;
  readonly requests: number;
  readonly cap: number;
  /** From where most of their requests came, and who reported them, the most first. */
  readonly networks: readonly { readonly name: string; readonly requests: number }[];
  readonly sources: readonly { readonly name: string; readonly requests: number }[];
}

/** What is said of them at an instant (epoch ms). Nobody is woken: whoever makes up key ids would do so at will. */
export function judgeUnjudged(unjudged: UnjudgedKeys | null, now: number): CoverageProblem | null {
  if (unjudged === null) return null;
  const { keys, requests, cap, networks, sources } = unjudged;
  const share = (part: { readonly name: string; readonly requests: number } | undefined) =>
    part === undefined ? "" : `${Math.round((100 * part.requests) / Math.max(1, requests))} % from ${part.name}`;
  const reporters = sources.map(({ name }) => name).join(", ");
  return {
    cause: "coverage",
    subject: { kind: "part", part: "unregistered-keys" },
    severity: "warning",
    since: now,
    summary:
      `Not judged: ${keys.toLocaleString("en")} unregistered keys, beyond the ${cap.toLocaleString("en")} with the most served requests; ` +
      `of their ${requests.toLocaleString("en")} requests in the last day, ${share(networks[0])}, reported by ${reporters}`,
    whatToDo:
      "Registered keys are always judged: register those that are yours (`plimsoll keys list`, `plimsoll keys import`). If they are failed " +
      "attempts, block that network at the gateway; PLIMSOLL_UNREGISTERED_KEYS sets how many unregistered keys are judged.",
  };
}
