import { isIP } from "node:net";
import { z } from "zod";
import { isPage, type Severity } from "../../model/incident/page.js";
import type { ListedFinding } from "../../store/view/listings.js";

/** Every attribute below is in this version and in those after it. */
const OCSF_VERSION = "1.3.0";
const CLASS_UID = 2004;
const CREATE = 1;
const TYPE_UID = CLASS_UID * 100 + CREATE;
/** Informational, Medium, High, Critical. */
const SEVERITY_IDS: Readonly<Record<Severity, number>> = { info: 1, warning: 3, error: 4, critical: 5 };
const STATUS_NEW = 1;
/** What decided: a rule, or statistics. */
const [RULE, STATISTICAL] = [1, 3];
const [IP_ADDRESS, RESOURCE_UID] = [2, 10];
/** A finding may blame thousands. */
const MOST_SOURCES = 50;

const at = (what: string) => z.int().describe(`${what} Epoch milliseconds.`);

/** A finding as OCSF's Detection Finding. */
export const ocsfFindingSchema = z
  .strictObject({
    activity_id: z.literal(CREATE),
    activity_name: z.literal("Create"),
    category_uid: z.literal(2),
    category_name: z.literal("Findings"),
    class_uid: z.literal(CLASS_UID),
    class_name: z.literal("Detection Finding"),
    type_uid: z.literal(TYPE_UID),
    type_name: z.literal("Detection Finding: Create"),
    time: at("When the check ran."),
    start_time: at("Onset."),
    end_time: at("The end of the judged span."),
    severity_id: z.int().min(1).max(5),
    severity: z.string(),
    status_id: z.literal(STATUS_NEW),
    is_alert: z.boolean().describe("Whether it wakes a human."),
    message: z.string(),
    metadata: z.strictObject({
      version: z.literal(OCSF_VERSION),
      product: z.strictObject({ name: z.literal("Plimsoll"), vendor_name: z.literal("Plimsoll") }),
      uid: z.string().describe("The finding as of when it was made: a span that is checked again has another."),
      logged_time: at("When it was recorded."),
    }),
    finding_info: z.strictObject({
      uid: z.string().describe("finding_id"),
      title: z.string(),
      types: z.array(z.string()).describe("The cause."),
      analytic: z.strictObject({ name: z.string(), type_id: z.int() }),
      created_time: at("When the check ran."),
      first_seen_time: at("Onset."),
      last_seen_time: at("The end of the judged span."),
    }),
    resources: z
      .array(z.strictObject({ uid: z.string(), type: z.literal("API key") }))
      .describe("The key, by its public id; empty where it is about none."),
    evidences: z
      .array(z.strictObject({ src_endpoint: z.strictObject({ ip: z.string() }) }))
      .describe(`Addresses that it blames, ${MOST_SOURCES} at most.`),
    observables: z.array(z.strictObject({ name: z.string(), type_id: z.int(), value: z.string() })),
    unmapped: z.strictObject({
      subject: z.string(),
      observed_by: z.string(),
      score: z.number(),
      severity: z.string(),
      signals: z.array(z.strictObject({ name: z.string(), score: z.number(), summary: z.string() })),
    }),
  })
  .meta({ id: "OcsfDetectionFinding" });

type OcsfFinding = z.output<typeof ocsfFindingSchema>;
const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  info: "Informational",
  warning: "Medium",
  error: "High",
  critical: "Critical",
};

/** A finding as an event of OCSF's class Detection Finding. */
export function toOcsf(finding: ListedFinding): OcsfFinding {
  const { findingId, keyId, asOf, onset, tick, severity, summary, cause, subject, observedBy, score } = finding;
  const addresses = blamedAddresses(finding.statistics);
  return {
    activity_id: CREATE,
    activity_name: "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: CLASS_UID,
    class_name: "Detection Finding",
    type_uid: TYPE_UID,
    type_name: "Detection Finding: Create",
    time: asOf,
    start_time: onset,
    end_time: tick,
    severity_id: SEVERITY_IDS[severity],
    severity: SEVERITY_NAMES[severity],
    status_id: STATUS_NEW,
    is_alert: isPage(severity),
    message: summary,
    metadata: {
      version: OCSF_VERSION,
      product: { name: "Plimsoll", vendor_name: "Plimsoll" },
      uid: `${findingId}@${asOf}`,
      logged_time: finding.recordedAt,
    },
    finding_info: {
      uid: findingId,
      title: summary,
      types: [cause],
      analytic: { name: cause, type_id: cause === "leak" ? STATISTICAL : RULE },
      created_time: asOf,
      first_seen_time: onset,
      last_seen_time: tick,
    },
    resources: keyId === "" ? [] : [{ uid: keyId, type: "API key" }],
    evidences: addresses.map((ip) => ({ src_endpoint: { ip } })),
    observables: [
      ...(keyId === "" ? [] : [{ name: "resources[].uid", type_id: RESOURCE_UID, value: keyId }]),
      ...addresses.map((value) => ({ name: "evidences[].src_endpoint.ip", type_id: IP_ADDRESS, value })),
    ],
    unmapped: {
      subject,
      observed_by: observedBy,
      score,
      severity,
      signals: finding.signals.map((one) => ({ name: one.name, score: one.score, summary: one.summary })),
    },
  };
}

/** Statistics call sources what is blamed: those that are new to the key, or all. */
const sourcesSchema = z.object({
  new_sources: z.array(z.object({ address: z.string() })).default([]),
  sources: z.array(z.object({ address: z.string() })).default([]),
});

function blamedAddresses(statistics: ListedFinding["statistics"]): string[] {
  const parsed = sourcesSchema.safeParse(statistics);
  if (!parsed.success) return [];
  const addresses = [...parsed.data.new_sources, ...parsed.data.sources].map(({ address }) => address);
  return [...new Set(addresses)].filter((address) => isIP(address) !== 0).slice(0, MOST_SOURCES);
}
