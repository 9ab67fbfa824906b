import { judgePersonText, LONGEST_NAME, LONGEST_NOTE, onOneLine } from "../model/incident/person-text.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import { parseUntil, problemOfNetworks, problemOfUntil, splitNetworks } from "./parse-act.js";
import { problemOfText } from "./parse-text.js";
import { problemOfName } from "./person-name.js";

/** What a form about a suppression asks for. */
export type SuppressionAct = "preview" | "edit" | "withdraw";
const ACTS: readonly SuppressionAct[] = ["preview", "edit", "withdraw"];

/** Fields of the forms, as they were typed; what looks like a raw key is not among them. */
export interface SuppressionForm {
  readonly act: SuppressionAct;
  readonly name: string;
  readonly note: string;
  /** As they were typed. */
  readonly networksText: string;
  readonly networks: readonly string[];
  readonly untilText: string;
  /** Epoch ms. */
  readonly until: number;
  /** That wide networks are meant. */
  readonly isSure: boolean;
  /** What is wrong with it, a sentence each, the field first. */
  readonly problems: readonly string[];
}

/** Reads a form at an instant (epoch ms) of whoever has that verified name, or of who types one; null when it names no act. */
export function parseSuppression(form: URLSearchParams, now: number, person: string | null): SuppressionForm | null {
  const act = ACTS.find((one) => one === form.get("act"));
  if (act === undefined) return null;
  const secrets: string[] = [];
  const typed = (field: string): string => {
    const text = onOneLine(form.get(field) ?? "");
    if (!looksLikeSecret(text)) return text;
    secrets.push(`${field}: this contains what looks like a raw key: leave it out.`);
    return "";
  };
  const name = person ?? typed("name");
  const [note, networksText, untilText] = [typed("note"), typed("networks"), typed("until")];
  const networks = splitNetworks(networksText);
  const until = parseUntil(untilText);
  const isWord = act !== "preview";
  const found: readonly (readonly [string, string | null])[] = [
    ["name", problemOfName(name, person, isWord)],
    ["note", problemOfText(note, LONGEST_NOTE) ?? (isWord && note === "" ? "Give a reason, for the record." : null)],
    ["networks", act === "withdraw" ? null : problemOfNetworks(networks)],
    ["until", act === "withdraw" ? null : problemOfUntil(until, now)],
  ];
  const problems = [
    ...secrets,
    ...found.flatMap(([field, problem]) => (problem === null ? [] : [`${field}: ${problem}`])),
  ];
  const shown = (text: string, longest: number) => (judgePersonText(text, longest) === null ? text : "");
  return {
    act,
    name: shown(name, LONGEST_NAME),
    note: shown(note, LONGEST_NOTE),
    networksText,
    networks,
    untilText,
    until,
    isSure: form.get("sure") === "yes",
    problems,
  };
}
