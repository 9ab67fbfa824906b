import { aboutText } from "../model/finding/finding-subject.js";
import { NAME_NETWORKS, readNewestFinding, usualNetworks } from "../pipeline/incident/expect-incident.js";
import {
  previewSentences,
  previewSuppression,
  type SuppressionSubject,
} from "../pipeline/incident/preview-suppression.js";
import { readSuppressions, type Suppression } from "../pipeline/incident/read-suppressions.js";
import type { Store } from "../store/store.js";
import { findIncident, LOOK_BACK_MS } from "./incidents-find.js";
import { minuteText } from "./incidents-list.js";
import { networksOf } from "./person-options.js";
import { printFields, printTable } from "./print-table.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";
import { networksText, suppressionToJson } from "./suppressions-print.js";

const COLUMNS = [
  { title: "STATE" },
  { title: "CAUSE" },
  { title: "ABOUT" },
  { title: "NETWORKS" },
  { title: "UNTIL (UTC)" },
  { title: "SUPPRESSED", right: true },
  { title: "BY" },
  { title: "NOTE" },
  { title: "SUPPRESSION" },
];
const REVISIONS = [
  { title: "AT (UTC)" },
  { title: "ACTION" },
  { title: "NETWORKS" },
  { title: "UNTIL" },
  { title: "BY" },
  { title: "NOTE" },
];

/** `plimsoll suppressions list`. */
export async function listSuppressions({
  all,
  json,
}: {
  readonly all?: boolean;
  readonly json?: boolean;
}): Promise<ExitCode> {
  const known = await withStore(openConfig(), async (store, now) =>
    readSuppressions(store, { at: now - LOOK_BACK_MS }, now),
  );
  const shown = known.filter(({ state }) => all === true || state === "active");
  if (json === true) print(JSON.stringify(shown.map(suppressionToJson)));
  else if (shown.length === 0) print("nothing is suppressed: every finding opens an incident");
  else print(printTable(COLUMNS, shown.map(toCells)));
  return EXIT.ok;
}

/** `plimsoll suppressions show <suppression>`. */
export async function showSuppression(name: string, { json }: { readonly json?: boolean }): Promise<ExitCode> {
  const one = await withStore(openConfig(), async (store, now) => findSuppression(store, name, now));
  const { revisions, newest_hidden: newest, ...fields } = suppressionToJson(one);
  if (json === true) {
    print(JSON.stringify({ ...fields, newest_hidden: newest, revisions }));
    return EXIT.ok;
  }
  const lines = Object.entries(fields).map(
    ([field, value]) => [field, Array.isArray(value) ? value.join(", ") : String(value)] as const,
  );
  print(printFields([...lines, ["newest_hidden", newest === null ? "none" : newest.summary]]));
  const cells = one.revisions.map((of) => [
    minuteText(of.recordedAt),
    of.action,
    networksText(of),
    minuteText(of.statedUntil),
    of.actor,
    of.note,
  ]);
  print(`\n${printTable(REVISIONS, cells)}`);
  return EXIT.ok;
}

/** `plimsoll suppressions preview <incident or suppression>`. */
export async function preview(
  name: string,
  { network, json }: { readonly network?: readonly string[]; readonly json?: boolean },
): Promise<ExitCode> {
  const networks = networksOf(network);
  const would = await withStore(openConfig(), async (store, now) => {
    const { of, usual } = await findSubject(store, name, now);
    const asked = networks ?? usual;
    if (asked === null) throw new CommandFailure(EXIT.usage, `${NAME_NETWORKS}, with --network`);
    return previewSuppression(store, of, asked, now);
  });
  if (json === true) print(JSON.stringify(would));
  else print([`networks: ${networksText(would)}`, ...previewSentences(would)].join("\n"));
  return would.refusal === null && would.wide.length === 0 ? EXIT.ok : EXIT.badNews;
}

/** The suppression of that id, or of that beginning. @throws CommandFailure when there is none, or more than one */
export async function findSuppression(store: Store, name: string, now: number): Promise<Suppression> {
  const matches = await matching(store, name, now);
  const [only] = matches;
  if (only === undefined)
    throw new CommandFailure(EXIT.badNews, "no suppression has that id: see `plimsoll suppressions list --all`");
  if (matches.length > 1) {
    const names = matches.slice(0, 20).map(({ id }) => `  ${id}`);
    throw new CommandFailure(EXIT.badNews, `${matches.length} suppressions match, name one:`, ...names);
  }
  return only;
}

async function matching(store: Store, name: string, now: number): Promise<Suppression[]> {
  const exact = name === "" ? [] : await readSuppressions(store, { at: 0, suppressionId: name }, now);
  if (exact.length > 0) return exact;
  const ids = (await store.incident.readSuppressionRevisions(0)).map(({ suppressionId }) => suppressionId);
  const found = [...new Set(ids)].filter((id) => name !== "" && id.startsWith(name));
  const all = found.slice(0, 21).map(async (suppressionId) => readSuppressions(store, { at: 0, suppressionId }, now));
  return (await Promise.all(all)).flat();
}

/** What a suppression, or an incident that has none, is about, and the networks that it has or would get. */
async function findSubject(
  store: Store,
  name: string,
  now: number,
): Promise<{ readonly of: SuppressionSubject; readonly usual: readonly string[] | null }> {
  const [only, ...others] = await matching(store, name, now);
  if (only !== undefined && others.length === 0 && only.id === name) return { of: only.now, usual: only.now.networks };
  const { incident } = await findIncident(store, name);
  const usual = usualNetworks(await readNewestFinding(store, incident, now));
  return { of: incident, usual };
}

function toCells({ id, now, state, hidden }: Suppression): string[] {
  return [
    state,
    now.cause,
    aboutText(now),
    networksText(now),
    minuteText(now.statedUntil),
    String(hidden),
    now.actor,
    now.note,
    id,
  ];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
