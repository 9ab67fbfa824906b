import { summaryText } from "../model/finding/headline.js";
import type { IncidentTransition } from "../model/incident/incident.js";
import { detailsLater } from "../page/compose/activity-text.js";
import { findingDetails } from "../page/compose/finding-details.js";
import { readNewestFinding } from "../pipeline/incident/expect-incident.js";
import { readPageEvidence } from "../pipeline/page/read-page-evidence.js";
import { readBeside } from "../pipeline/incident/read-incidents.js";
import { readSuppressions } from "../pipeline/incident/read-suppressions.js";
import { wholeFinding } from "../pipeline/incident/whole-finding.js";
import { eachCopy } from "../pipeline/page/each-copy.js";
import { findIncident } from "./incidents-find.js";
import { minuteText, toJson } from "./incidents-list.js";
import { printFields, printTable } from "./print-table.js";
import { EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";
import { suppressionLine, suppressionToJson } from "./suppressions-print.js";

const LIFE = [
  { title: "AT (UTC)" },
  { title: "STEP" },
  { title: "WHY" },
  { title: "SEVERITY" },
  { title: "BY" },
  { title: "NOTE" },
];
const PAGES = [
  { title: "PAGE" },
  { title: "TO" },
  { title: "STATE" },
  { title: "ANSWER", right: true },
  { title: "PROBLEM" },
];

/** `plimsoll incidents show <incident>`. */
export async function showIncident(name: string, { json }: { readonly json?: boolean }): Promise<ExitCode> {
  const now = Date.now();
  const found = await withStore(openConfig(), async (store) => {
    const known = await findIncident(store, name);
    const { incident } = known;
    const newest = await readNewestFinding(store, incident, now);
    const finding = newest === null ? null : await wholeFinding(store, incident, newest);
    const clock = await store.readClock();
    const registry = await store.registry.readKeys(now, clock);
    const evidence = await readPageEvidence(store, finding);
    const then = finding === null ? {} : findingDetails(finding, registry, evidence);
    const details = finding === null ? then : detailsLater(then, finding, incident.open, now);
    const pages = await store.page.readPagesOfIncident(incident.incidentId);
    const copies = await store.page.readCopiesOfIncident(incident.incidentId);
    const suppressions = await readSuppressions(store, { at: 0, incidentId: incident.incidentId }, now);
    const beside = (await readBeside(store, incident)).map(({ incidentId }) => incidentId);
    return { known, finding, details, pages, copies, suppressions, beside };
  });
  const { known, finding, details, pages, copies } = found;
  const evidence = { headline: finding === null ? "no finding on record" : summaryText(finding), ...details };
  const timeline = known.transitions.map(stepToJson);
  if (json === true) {
    const suppressions = found.suppressions.map(suppressionToJson);
    print(
      JSON.stringify({ ...toJson(known), also_open: found.beside, evidence, timeline, pages, copies, suppressions }),
    );
    return EXIT.ok;
  }
  print(printFields(Object.entries(toJson(known)).map(([field, value]) => [field, textOf(value)] as const)));
  print(
    `\n${printFields(Object.entries(evidence).flatMap(([field, value]) => linesOf(field.replaceAll("_", " "), value)))}`,
  );
  print(`\n${printTable(LIFE, known.transitions.map(stepToCells))}`);
  const cells = eachCopy(pages, copies).map(({ pageId, destination, state, status, problem }) => [
    pageId,
    destination,
    state,
    status === 0 ? "-" : String(status),
    problem,
  ]);
  if (cells.length > 0) print(`\n${printTable(PAGES, cells)}`);
  if (found.beside.length > 0) print(`\nalso open for its keys: ${found.beside.join(", ")}`);
  for (const one of found.suppressions) print(`\n${suppressionLine(one)}`);
  return EXIT.ok;
}

function stepToJson({ at, kind, reason, severity, findingId, into, person, containment }: IncidentTransition) {
  const contained = containment === undefined ? {} : { containment: containment.text };
  const said = person === null ? {} : { by: person.actor, note: person.note, verdict: person.verdict ?? "" };
  const where = into === null ? {} : { into };
  return {
    at: new Date(at).toISOString(),
    step: kind,
    why: reason,
    severity,
    finding_id: findingId ?? "",
    ...where,
    ...said,
    ...contained,
  };
}

function stepToCells({ at, kind, reason, severity, into, person, containment }: IncidentTransition): string[] {
  const why = `${reason.replaceAll("_", " ")}${into === null ? "" : ` into ${into}`}`;
  const note = [containment?.text, person?.note].filter((text) => text !== undefined && text !== "").join(": ");
  const verdict = person?.verdict ? `[${person.verdict}] ` : "";
  return [minuteText(at), kind, why, severity, person?.actor ?? "", `${verdict}${note}`];
}

function linesOf(field: string, value: unknown): (readonly [string, string])[] {
  if (!Array.isArray(value)) return [[field, textOf(value)]];
  return value.map((item, index) => [index === 0 ? field : "", textOf(item)] as const);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  return Array.isArray(value) ? value.join(", ") : JSON.stringify(value);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
