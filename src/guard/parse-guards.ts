import type { z } from "zod";
import { nearestName } from "../text/nearest-name.js";
import type { ContainmentAction } from "../model/incident/containment.js";
import { GUARD_NAME } from "../model/key/key-schema.js";
import type { DeliveryVerdict } from "../model/incident/page.js";
import { addressSecrets } from "./address-secrets.js";
import { askGuard } from "./ask-guard.js";
import type { Asked, GuardRequest, RefMatch, Target } from "./define-target.js";
import { doubtsAbout } from "./target-fields.js";
import { TARGETS } from "./targets.js";

/** What guards keys: a target under a name of one's own. */
export interface Guard {
  readonly name: string;
  readonly type: string;
  readonly actions: readonly ContainmentAction[];
  /** How it tells a key's requests by its guard_ref; null where it is asked for the key itself. */
  readonly match: RefMatch | null;
  /** What is wrong with it, though it can be used. */
  readonly doubts: readonly string[];
  /** Why the guard cannot be asked this, naming the field and the fix; null where it can. */
  readonly problemOf: (asked: Asked) => string | null;
  /** The requests of a call, for people: without any secret. */
  readonly show: (asked: Asked) => readonly GuardRequest[];
  /** Sends a call once. Never throws: what failed is in the verdict, without a secret. */
  readonly send: (asked: Asked, options: SendOptions) => Promise<DeliveryVerdict>;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Epoch ms, by which it is signed. */
  readonly at: number;
}

/** Guards by name, or what is wrong with them: sentences that name guard and field, and never a value. */
export type ParsedGuards = { readonly guards: ReadonlyMap<string, Guard> } | { readonly problems: readonly string[] };

const FORM =
  'must be JSON like {"edge":{"type":"webhook","url":"https://…","secret":"whsec_…"}}: see docs/containment.md';

/** Reads PLIMSOLL_GUARDS. */
export function parseGuards(text: string): ParsedGuards {
  const entries = entriesOf(text);
  if (entries === null) return { problems: [FORM] };
  const guards = new Map<string, Guard>();
  const problems: string[] = [];
  for (const [name, fields] of entries) {
    if (!GUARD_NAME.test(name)) {
      problems.push("a name must be letters, digits, _ . and -, at most 64");
      continue;
    }
    const parsed = parseGuard(name, fields);
    if ("problems" in parsed) problems.push(...parsed.problems.map((problem) => `${name}.${problem}`));
    else guards.set(name, parsed);
  }
  return problems.length > 0 ? { problems } : { guards };
}

function entriesOf(text: string): (readonly [string, Readonly<Record<string, unknown>>])[] | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(json)) return null;
  const entries = Object.entries(json);
  return entries.every((entry): entry is [string, Record<string, unknown>] => isObject(entry[1])) ? entries : null;
}

function parseGuard(
  name: string,
  { type, ...fields }: Readonly<Record<string, unknown>>,
): Guard | { readonly problems: readonly string[] } {
  const target = TARGETS.find((one) => one.type === type);
  if (target === undefined) {
    const types = TARGETS.map((one) => one.type);
    const meant = typeof type === "string" ? nearestName(type, types) : null;
    const which = meant === null ? `one of ${types.join(", ")}` : `${meant}, perhaps; it is one of ${types.join(", ")}`;
    return { problems: [`type: must be ${which}`] };
  }
  const parsed = target.settings.safeParse(fields);
  if (parsed.success) return guardOf(name, target, parsed.data);
  return {
    problems: parsed.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `${key.slice(0, 64)}: is not a field of ${target.type}`)
        : [`${issue.path.join(".")}: ${issue.message}`],
    ),
  };
}

/** Every target but those of one cloud names where it is. */
const isPlaced = (settings: unknown): settings is { readonly url: URL } =>
  (settings as { readonly url?: unknown }).url instanceof URL;

function guardOf<Settings extends z.ZodType>(
  name: string,
  target: Target<Settings>,
  settings: z.output<Settings>,
): Guard {
  const secrets = target
    .secrets(settings)
    .flatMap((one) => (one instanceof URL ? addressSecrets(one) : [one.reveal()]));
  return {
    name,
    type: target.type,
    actions: target.actions,
    match: target.match?.(settings) ?? null,
    doubts: isPlaced(settings) ? doubtsAbout(settings.url) : [],
    problemOf: (asked) => target.problemOf?.(asked, settings) ?? null,
    show: (asked) => target.requests(asked, settings),
    send: async (asked, { signal, timeoutMs, at }) => {
      const problem = target.problemOf?.(asked, settings) ?? null;
      if (problem !== null) return { kind: "refused", status: 0, problem: `was not asked: ${problem}` };
      const options = { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
      const ask = async (request: GuardRequest) =>
        askGuard(request, await target.authorize(request, asked, settings, at), secrets, options);
      if (target.converse !== undefined) return target.converse(asked, settings, ask);
      let verdict: DeliveryVerdict = { kind: "sent", status: 0 };
      for (const request of target.requests(asked, settings)) {
        verdict = await ask(request);
        if (verdict.kind !== "sent") return verdict;
      }
      return verdict;
    },
  };
}
