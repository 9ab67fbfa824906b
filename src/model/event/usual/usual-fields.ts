import { cleanText, cutText } from "../../../text/clean-text.js";
import { TEXT_CAPS, type TextField } from "../../../text/text-caps.js";
import { parseAddress } from "../../network/parse-address.js";
import { readEventKey } from "../read-key-id.js";
import { OBSERVERS } from "../request-event.js";
import { withoutQuery } from "../without-query.js";
import { TextMemo } from "./text-memo.js";

/** How the value of a field is read. */
export type FieldKind = "instant" | "id" | "number" | "text";

/** A field that usual events have: where it is among them, and its name as it stands in a body. */
export interface UsualField {
  readonly place: number;
  readonly kind: FieldKind;
  /** `"name":` */
  readonly label: Uint8Array;
  /** What the field's texts stand for; null for a field that is no text that repeats. */
  readonly memo: TextMemo<string> | null;
}

const NAMED_BY_ITSELF = { peppers: [], resolveKey: () => undefined };

/** Null where a text is masked, or is no text of that field: such an event is not usual. */
const MEANINGS: Readonly<Record<string, (text: string) => string | null>> = {
  key_id: (text) => {
    const key = readEventKey({ key_id: text }, NAMED_BY_ITSELF, undefined);
    return "kind" in key ? null : key.keyId;
  },
  source_ip: parseAddress,
  observed_by: (text) => OBSERVERS.find((observer) => observer === text) ?? null,
  method: (text) => {
    const clean = cleanOf("method", text);
    return clean === null ? null : cutText(clean.toUpperCase(), TEXT_CAPS.method);
  },
  route: (text) => {
    const clean = cleanOf("route", text);
    return clean === null ? null : withoutQuery(clean);
  },
  scope: (text) => cleanOf("scope", text),
  user_agent: (text) => cleanOf("user_agent", text),
  tls_fingerprint: (text) => cleanOf("tls_fingerprint", text),
  region: (text) => cleanOf("region", text),
  service: (text) => cleanOf("service", text),
};

const KINDS = {
  ts: "instant",
  id: "id",
  status: "number",
  latency_ms: "number",
  bytes: "number",
  cost_usd: "number",
  units: "number",
  count: "number",
  key_id: "text",
  source_ip: "text",
  observed_by: "text",
  method: "text",
  route: "text",
  scope: "text",
  user_agent: "text",
  tls_fingerprint: "text",
  region: "text",
  service: "text",
} as const satisfies Readonly<Record<string, FieldKind>>;

export type UsualName = keyof typeof KINDS;

/** All of them, each at its place. */
export const USUAL_FIELDS: readonly UsualField[] = Object.entries(KINDS).map(([name, kind], place) => {
  const meaning = MEANINGS[name];
  const memo = meaning === undefined ? null : new TextMemo(meaning);
  return { place, kind, memo, label: new TextEncoder().encode(`"${name}":`) };
});

/** Where each of them is. */
export const PLACE = Object.fromEntries(Object.keys(KINDS).map((name, place) => [name, place])) as Readonly<
  Record<UsualName, number>
>;

function cleanOf(field: TextField, text: string): string | null {
  const { text: clean, masked } = cleanText(text, TEXT_CAPS[field]);
  return masked ? null : clean;
}
