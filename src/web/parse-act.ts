import { parsePrefix } from "../model/network/address.js";
import { MOST_NETWORKS } from "../model/finding/breadth.js";
import { MOST_EXPECTED_DAYS } from "../model/incident/suppression.js";
import type { IncidentVerdict } from "../model/incident/incident.js";
import { parseEnd } from "../model/parse-instant.js";
import { LONGEST_NOTE, onOneLine } from "../model/incident/person-text.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import { problemOfText } from "./parse-text.js";
import { problemOfName } from "./person-name.js";

const DAY_MS = 86_400_000;

const PAGE_ACTS = ["acknowledge", "resolve", "expect"] as const;
export type PageAct = (typeof PAGE_ACTS)[number];

/** Fields of the forms, as they were typed. */
export type ActField = "name" | "note" | "verdict" | "networks" | "until";
export type ActFields = Readonly<Record<ActField, string>>;

/** What somebody wants done. */
export interface ActRequest {
  readonly act: PageAct;
  readonly name: string;
  readonly note: string;
  readonly verdict: IncidentVerdict | null;
  /** Blocks as CIDR, or addresses; null: those that the newest finding blames. */
  readonly networks: readonly string[] | null;
  /** Epoch ms. */
  readonly until: number;
  /** Whether what it would have hidden is only to be shown, and whether wide networks are meant. */
  readonly isPreview: boolean;
  readonly isSure: boolean;
}

/** What is wrong with a form, field by field, with what was typed; what looks like a raw key is not among it. */
export interface ActProblems {
  readonly act: PageAct;
  readonly fields: ActFields;
  readonly problems: Readonly<Partial<Record<ActField, string>>>;
  /** What its networks would have hidden, and whether somebody has to say that they are meant. */
  readonly preview?: { readonly sentences: readonly string[]; readonly isWide: boolean };
}

/** What is wrong with a form that names no networks where the newest finding cannot name them either. */
export function withoutNetworks(form: URLSearchParams): ActProblems {
  const problem = "The newest finding cannot name all of its sources: give the networks to suppress.";
  return { act: "expect", fields: typedFields(form), problems: { networks: problem } };
}

/** Reads a form at an instant (epoch ms) of whoever has that verified name, or of who types one; null when it names no act. */
export function parseAct(
  form: URLSearchParams,
  now: number,
  person: string | null = null,
): ActRequest | ActProblems | null {
  const isPreview = form.get("act") === "preview";
  const act = isPreview ? "expect" : PAGE_ACTS.find((one) => one === form.get("act"));
  if (act === undefined) return null;
  const problems: Partial<Record<ActField, string>> = {};
  const typed = (field: ActField): string => {
    const text = onOneLine(form.get(field) ?? "");
    if (!looksLikeSecret(text)) return text;
    problems[field] = "This contains what looks like a raw key: leave it out.";
    return "";
  };
  const fields: ActFields = {
    name: person ?? typed("name"),
    note: typed("note"),
    verdict: typed("verdict"),
    networks: typed("networks"),
    until: typed("until"),
  };
  const verdict = (["", "leak", "benign"] as const).find((one) => one === fields.verdict);
  const networks = splitNetworks(fields.networks);
  const until = parseUntil(fields.until);
  const found: readonly (readonly [ActField, string | null])[] = [
    ["name", problemOfName(fields.name, person, !isPreview)],
    [
      "note",
      problemOfText(fields.note, LONGEST_NOTE) ??
        (fields.note === "" && act !== "acknowledge" && !isPreview ? "Give a reason, for the record." : null),
    ],
    [
      "verdict",
      act === "resolve" && verdict === undefined ? "Choose what it was: a leak, benign, or not known." : null,
    ],
    ["networks", act === "expect" ? problemOfNetworks(networks) : null],
    ["until", act === "expect" ? problemOfUntil(until, now) : null],
  ];
  for (const [field, problem] of found) if (problem !== null) problems[field] ??= problem;
  if (Object.keys(problems).length > 0) return { act, fields, problems };
  return {
    act,
    name: fields.name,
    note: fields.note,
    verdict: act === "expect" ? "benign" : act === "resolve" ? verdict || null : null,
    networks: networks.length === 0 ? null : networks,
    until,
    isPreview,
    isSure: form.get("sure") === "yes",
  };
}

/** The fields of a form that was understood, as they were typed. */
export function typedFields(form: URLSearchParams): ActFields {
  const typed = (field: ActField) => onOneLine(form.get(field) ?? "");
  return {
    name: typed("name"),
    note: typed("note"),
    verdict: typed("verdict"),
    networks: typed("networks"),
    until: typed("until"),
  };
}

/** Networks as people list them. */
export function splitNetworks(text: string): readonly string[] {
  return text.split(/[ ,;]+/).filter((network) => network !== "");
}

/** What is wrong with networks, in a sentence; null when nothing is. */
export function problemOfNetworks(networks: readonly string[]): string | null {
  if (networks.length > MOST_NETWORKS) return `These are ${networks.length} networks: at most ${MOST_NETWORKS}.`;
  const odd = networks.find((network) => parsePrefix(network) === null);
  return odd === undefined ? null : `${odd.slice(0, 60)} is not a network: write 203.0.113.0/24, or an address.`;
}

/** A browser's field for date and time has no zone: the page says that it is UTC. */
export function parseUntil(text: string): number {
  const zoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/.test(text) ? `${text}:00Z` : text;
  return parseEnd(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d$/.test(zoned) ? `${zoned}Z` : zoned) ?? NaN;
}

/** What is wrong with an end (epoch ms), in a sentence; null when nothing is. */
export function problemOfUntil(until: number, now: number): string | null {
  if (Number.isNaN(until)) return "This is not a time: write 2026-03-08 02:11 or a date, in UTC.";
  const isFar = until <= now || until > now + MOST_EXPECTED_DAYS * DAY_MS;
  return isFar ? `This must be within the next ${MOST_EXPECTED_DAYS} days.` : null;
}
