import { blamedSources } from "../incident/is-expected.js";
import type { Expectation } from "../model/expectation.js";
import { subjectOf, type Finding } from "../model/finding.js";
import type { Incident, PersonsWord } from "../model/incident.js";
import type { Store } from "../store/store.js";
import { actOnIncident, type ActOutcome } from "./act-on-incident.js";
import type { AdvanceDeps } from "./record-step.js";

/** What a person wants to have expected. */
export interface ExpectWish {
  /** Blocks as CIDR; null: those that the newest finding blames, address by address. */
  readonly networks: readonly string[] | null;
  /** Epoch ms. */
  readonly until: number;
}

/**
 * Records that what an incident was about is legitimate: for its cause and subject, from these networks, until then. The incident
 * ends, as benign; findings that fall under the expectation open none, and stay on file.
 */
export async function expectIncident(
  deps: AdvanceDeps,
  incident: Incident,
  wish: ExpectWish,
  person: PersonsWord,
  at: number,
): Promise<{ readonly outcome: ActOutcome; readonly expectation: Expectation }> {
  const expectation: Expectation = {
    expectationId: `${incident.incidentId}/${new Date(at).toISOString()}`,
    revision: 1,
    action: "recorded",
    incidentId: incident.incidentId,
    keyId: incident.keyId,
    cause: incident.cause,
    subject: subjectOf(incident),
    networks: wish.networks ?? blamedAddresses(await readNewestFinding(deps.store, incident, at)),
    from: incident.openedAt,
    until: wish.until,
    statedUntil: wish.until,
    actor: person.actor,
    note: person.note,
  };
  // First what hides, then the end: the other way round the next check would open it anew.
  await deps.store.insertExpectation(expectation);
  const outcome = await actOnIncident(deps, incident.incidentId, "expect", person, at);
  return { outcome, expectation };
}

/** Addresses that a finding blames: what is expected where nobody names networks. */
export function blamedAddresses(finding: Finding | null): string[] {
  return finding === null ? [] : [...new Set(blamedSources(finding).addresses)];
}

/** Whether the same person has said the very same of an ended incident before: a form that was sent twice. */
export async function isExpectedAlready(
  store: Pick<Store, "readExpectations">,
  { incidentId, open }: Incident,
  { networks, until }: ExpectWish,
  { actor, note }: PersonsWord,
): Promise<boolean> {
  if (open) return false;
  const named = networks?.join(" ");
  return (await store.readExpectations(0, { incidentId })).some(
    (one) =>
      one.actor === actor &&
      one.note === note &&
      one.until === until &&
      (named === undefined || one.networks.join(" ") === named),
  );
}

/** The newest finding of an incident's subject before an instant (epoch ms); null when there is none. */
export async function readNewestFinding(
  store: Pick<Store, "readFindings">,
  { cause, keyId, subject, openedAt }: Incident,
  before: number,
): Promise<Finding | null> {
  const [newest] = await store.readFindings({ cause, keyId, subject, from: openedAt, to: before + 1000, most: 1 });
  return newest ?? null;
}
