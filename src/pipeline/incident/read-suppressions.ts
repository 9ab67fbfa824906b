import { suppressionOf } from "../../incident/is-suppressed.js";
import type { SuppressionRevision } from "../../model/incident/suppression.js";
import type { Finding } from "../../model/finding/finding.js";
import { groupBy } from "../../model/group-by.js";
import type { ExpectationsOf } from "../../store/incident/suppressions.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";
import type { CheckStore } from "../../store/check/check-store.js";

/** Findings looked at for what one revision hid: a week of one a minute. */
const MOST_FINDINGS = 10_080;

/** What a person said was legitimate, as it is now, with its past and what it hid. */
export interface Suppression {
  readonly id: string;
  /** The newest revision that says for what it holds: the last one, or of one that is withdrawn the one before. */
  readonly now: SuppressionRevision;
  readonly state: "active" | "over" | "withdrawn";
  /** Oldest first. */
  readonly revisions: readonly SuppressionRevision[];
  /** How many findings it hid, in all its revisions; at most 10,080 are counted for each. */
  readonly hidden: number;
  /** The newest of them, or null. */
  readonly newest: Finding | null;
}

/** Suppressions that hold at an instant (epoch ms) or later, or those that are asked for, the newest first, with what they hid until `now`. */
export async function readSuppressions(
  store: {
    readonly incident: Pick<IncidentStore, "readSuppressionRevisions">;
    readonly check: Pick<CheckStore, "readFindings">;
  },
  { at, ...of }: ExpectationsOf & { readonly at: number; readonly keyId?: string },
  now: number,
): Promise<Suppression[]> {
  const all = await store.incident.readSuppressionRevisions(at, of);
  const revisions = of.keyId === undefined ? all : all.filter(({ keyId }) => keyId === of.keyId);
  const suppressions: Suppression[] = [];
  // One after the other: a finding weighs some kilobytes, and they are as few as people make them.
  for (const own of groupBy(revisions, ({ suppressionId }) => suppressionId).values())
    suppressions.push(await toSuppression(store, own, now));
  return suppressions.toSorted((a, b) => b.now.from - a.now.from);
}

async function toSuppression(
  store: { readonly check: Pick<CheckStore, "readFindings"> },
  revisions: readonly SuppressionRevision[],
  now: number,
): Promise<Suppression> {
  const last = revisions.at(-1)!;
  const said = last.action === "withdrawn" ? (revisions.at(-2) ?? last) : last;
  const hidden: Finding[] = [];
  for (const one of revisions) {
    const under = await readHidden(store, one, one.from, Math.min(one.until, now));
    hidden.push(...under.filter(({ asOf }) => asOf >= one.recordedAt));
  }
  const newest = hidden.toSorted((a, b) => b.tick - a.tick)[0] ?? null;
  const state = last.action === "withdrawn" ? "withdrawn" : last.until <= now ? "over" : "active";
  return { id: last.suppressionId, now: said, state, revisions, hidden: hidden.length, newest };
}

/** Findings of a span (epoch ms) that fall under an expectation. */
async function readHidden(
  store: { readonly check: Pick<CheckStore, "readFindings"> },
  expectation: SuppressionRevision,
  from: number,
  to: number,
): Promise<Finding[]> {
  if (to <= from) return [];
  return (await readFindingsUnder(store, expectation, from, to)).filter(
    (finding) => suppressionOf(finding, [expectation]) !== null,
  );
}

/** Findings of a span (epoch ms) of the cause and subject that an expectation is about, the newest first. */
export async function readFindingsUnder(
  store: { readonly check: Pick<CheckStore, "readFindings"> },
  { cause, keyId, subject }: Pick<SuppressionRevision, "cause" | "keyId" | "subject">,
  from: number,
  to: number,
): Promise<Finding[]> {
  return store.check.readFindings({ cause, keyId, subject, from, to, most: MOST_FINDINGS });
}
