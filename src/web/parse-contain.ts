import {
  CONTAINED_HOURS,
  CONTAINMENT_ACTIONS,
  parseContainedHours,
  type ContainmentAction,
} from "../model/incident/containment.js";
import { LONGEST_NOTE, onOneLine } from "../model/incident/person-text.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import { problemOfNetworks, splitNetworks } from "./parse-act.js";
import { problemOfText } from "./parse-text.js";
import { problemOfName } from "./person-name.js";

const HOUR_MS = 3_600_000;

/** Fields of the form, as they were typed. */
export type ContainField = "name" | "note" | "networks" | "limit" | "hours";
export type ContainFields = Readonly<Record<ContainField, string>> & { readonly action: ContainmentAction };

/** What somebody wants: to see what it would come to, to contain, or to undo. */
export interface ContainRequest {
  readonly act: "preview" | "contain" | "undo";
  readonly fields: ContainFields;
  readonly networks: readonly string[] | null;
  readonly limitPerMinute: number | null;
  /** How long it lasts, ms. */
  readonly lastsMs: number;
  /** Whether it is meant, though it also hits the owner. */
  readonly isSure: boolean;
  /** What is wrong, field by field. */
  readonly problems: Readonly<Partial<Record<ContainField, string>>>;
}

/** Reads the form of whoever has that verified name, or of who types one; null when it names no act. */
export function parseContain(form: URLSearchParams, person: string | null): ContainRequest | null {
  const act = (["preview", "contain", "undo"] as const).find((one) => one === form.get("act"));
  const named = CONTAINMENT_ACTIONS.find((one) => one === form.get("action"));
  // What is undone needs none; nothing is asked for that nobody named.
  const action = act === "undo" ? "deny_networks" : named;
  if (act === undefined || action === undefined) return null;
  const problems: Partial<Record<ContainField, string>> = {};
  const typed = (field: ContainField): string => {
    const text = onOneLine(form.get(field) ?? "");
    if (!looksLikeSecret(text)) return text;
    problems[field] = "This contains what looks like a raw key: leave it out.";
    return "";
  };
  const fields = {
    action,
    name: person ?? typed("name"),
    note: typed("note"),
    networks: typed("networks"),
    limit: typed("limit"),
    hours: typed("hours"),
  };
  const networks = action === "deny_networks" ? splitNetworks(fields.networks) : [];
  const hours = parseContainedHours(fields.hours);
  const isNamed = act !== "preview";
  const found: readonly (readonly [ContainField, string | null])[] = [
    ["name", problemOfName(fields.name, person, isNamed)],
    [
      "note",
      problemOfText(fields.note, LONGEST_NOTE) ??
        (isNamed && fields.note === "" ? "Give a reason, for the record." : null),
    ],
    ["networks", act === "undo" ? null : problemOfNetworks(networks)],
    [
      "limit",
      act === "undo" || /^([1-9]\d{0,8})?$/.test(fields.limit)
        ? null
        : "This must be a whole number of requests per minute, or empty.",
    ],
    ["hours", act === "undo" || hours !== null ? null : `This must be ${CONTAINED_HOURS}.`],
  ];
  for (const [field, problem] of found) if (problem !== null) problems[field] ??= problem;
  return {
    act,
    fields,
    networks: networks.length === 0 ? null : networks,
    limitPerMinute: action === "throttle" && fields.limit !== "" ? Number(fields.limit) : null,
    lastsMs: (hours ?? 0) * HOUR_MS,
    isSure: form.get("sure") === "yes",
    problems,
  };
}
