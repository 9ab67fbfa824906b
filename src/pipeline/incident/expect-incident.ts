import { parsePrefix } from "../../model/network/address.js";
import { blockText, networkAround } from "../../model/network/address-cover.js";
import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { SuppressionRevision } from "../../model/incident/suppression.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Incident, PersonsWord } from "../../model/incident/incident.js";
import { suppressionOf } from "../../incident/is-suppressed.js";
import { HOUR_MS } from "../../time/day.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import type { IncidentStore } from "../../store/incident/incident-store.js";
import type { CheckStore } from "../../store/check/check-store.js";
import { actOnIncident, type ActOutcome } from "./act-on-incident.js";
import type { AdvanceDeps } from "./record-step.js";

/** So many addresses are expected one by one; of more, another one in their networks is as good as these. */
const MOST_ADDRESSES = 20;

/** What a person wants to have expected. */
export interface ExpectRequest {
  /** Blocks as CIDR, or addresses; none where the evidence is not about networks. */
  readonly networks: readonly string[];
  /** Epoch ms. */
  readonly until: number;
}

/** The networks cover a part of what goes on: the incident is about the rest. */
const STAYS_OPEN = "stays open";

/**
 * Records that what an incident was about is legitimate: for its cause and subject, from these networks, until then. The incident
 * ends, as benign, unless its newest finding blames others as well; findings that fall under the expectation open none, and stay on file.
 */
export async function expectIncident(
  deps: AdvanceDeps,
  incident: Incident,
  wish: ExpectRequest,
  person: PersonsWord,
  at: number,
): Promise<{ readonly outcome: ActOutcome | typeof STAYS_OPEN; readonly expectation: SuppressionRevision }> {
  const expectation: SuppressionRevision = {
    suppressionId: `${incident.incidentId}/${new Date(at).toISOString()}`,
    revision: 1,
    action: "recorded",
    incidentId: incident.incidentId,
    keyId: incident.keyId,
    cause: incident.cause,
    subject: incident.subject,
    networks: wish.networks,
    from: incident.openedAt,
    until: wish.until,
    statedUntil: wish.until,
    recordedAt: at,
    actor: person.actor,
    note: person.note,
  };
  // First what hides, then the end: the other way round the next check would open it anew.
  await deps.store.incident.insertExpectation(expectation);
  if (incident.open && (await goesOnBeyond(deps.store, incident, expectation, at)))
    return { outcome: STAYS_OPEN, expectation };
  const outcome = await actOnIncident(deps, incident.incidentId, "expect", person, at);
  return { outcome, expectation };
}

/** Whether an incident's newest finding, if it is of the last hour, blames anybody whom an expectation does not cover. */
async function goesOnBeyond(
  store: AdvanceDeps["store"],
  incident: Incident,
  expectation: SuppressionRevision,
  at: number,
): Promise<boolean> {
  const newest = await readNewestFinding(store, incident, at);
  return newest !== null && newest.tick > at - HOUR_MS && suppressionOf(newest, [expectation]) === null;
}

/**
 * What is expected where nobody names networks: every address that a finding blames, or their /24s (IPv6 /64) where they are more than 20.
 * Null where a person has to name them: the finding cannot list all, or in wider blocks only, which would hide who nobody looked at.
 */
export function usualNetworks(finding: Finding | null): readonly string[] | null {
  if (finding === null) return [];
  const { networks } = blamedSources(finding);
  if (networks === null || networks.length <= MOST_ADDRESSES) return networks?.map(blockText) ?? null;
  const blocks = networks.map((block) => parsePrefix(block)!);
  const isWide = blocks.some(({ words, bits }) => bits < (words.length === 1 ? 24 : 64));
  return isWide ? null : [...new Set(blocks.map((block) => blockText(printPrefix(networkAround(block)))))];
}

/** Asks a person to name networks where a finding cannot. */
export const NAME_NETWORKS =
  "the newest finding blames more sources than it can list, or cannot name them all: name the networks to suppress";

/** Whether the same person has said the same of an ended incident before: a form that was sent twice. */
export async function isExpectedAlready(
  store: { readonly incident: Pick<IncidentStore, "readSuppressionRevisions"> },
  { incidentId, open }: Incident,
  { networks, until }: { readonly networks: readonly string[] | null; readonly until: number },
  { actor, note }: PersonsWord,
): Promise<boolean> {
  if (open) return false;
  const named = networks?.join(" ");
  return (await store.incident.readSuppressionRevisions(0, { incidentId })).some(
    (one) =>
      one.actor === actor &&
      one.note === note &&
      one.until === until &&
      (named === undefined || one.networks.join(" ") === named),
  );
}

/** The newest finding of an incident's subject before an instant (epoch ms); null when there is none. */
export async function readNewestFinding(
  store: { readonly check: Pick<CheckStore, "readFindings"> },
  { cause, keyId, subject, openedAt }: Incident,
  before: number,
): Promise<Finding | null> {
  const [newest] = await store.check.readFindings({
    cause,
    keyId,
    subject,
    from: openedAt,
    to: before + 1000,
    most: 1,
  });
  return newest ?? null;
}
