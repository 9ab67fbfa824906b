import { z } from "zod";
import { cleanText } from "../../text/clean-text.js";
import { bareKey } from "../../text/secret/bare-key.js";
import { RawKeyFinder } from "../../text/secret/raw-key-finder.js";

/** A token that somebody found in public, as the report gives it. The token is never kept. */
export interface LeakReport {
  readonly token: string;
  readonly kind: string;
  /** Where it was found, without query string. */
  readonly place: string;
  /** Epoch ms since when it is public; null when the report does not say. */
  readonly publicSince: number | null;
}

/** Scanners report within minutes of a push: without a date, the day before the report is looked at. A stored report that says just that said no date. */
export const ASSUMED_DELAY_MS = 86_400_000;

/** What a reported key is: `live` and `revoked` by the registry, `unregistered` when only traffic knows it. */
export type LeakState = "live" | "revoked" | "unregistered" | "unknown";

/** A report as it is kept. */
export interface LeakRecord {
  readonly keyId: string;
  readonly state: LeakState;
  readonly reportedAt: number;
  readonly publicSince: number;
  readonly reporter: string;
  readonly kind: string;
  readonly place: string;
}

/** A key that was reported as public: its first report. */
export interface PublicKey {
  readonly keyId: string;
  readonly publicSince: number;
  /** Whether no report said since when. */
  readonly isSinceAssumed: boolean;
  readonly reporter: string;
  readonly place: string;
}

const MOST_REPORTS = 1000;
const LONGEST_PLACE = 512;
const LONGEST_KIND = 128;

const token = z
  .string("must be text")
  .min(8, "must have at least 8 characters")
  .max(8192, "must be at most 8192 characters");
const text = z.string("must be text").max(2048, "must be at most 2048 characters").nullish();
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], "must be a date like 2026-03-08T02:11:00Z")
  .nullish();
const fields = { token, type: text, url: text, source: text };
/** GitHub may add fields whenever it likes; a person who misspells one is told. */
export const LEAK_REPORT_FORMS = {
  github: z.looseObject(fields),
  plain: z.strictObject({ ...fields, public_since: instant }),
} as const;

/**
 * Reads a body of reports, one object or a list of them. A problem names the report and the field and never repeats a value.
 * `now` (epoch ms) is when it came: nothing is public from later on.
 */
export function parseLeakReports(
  body: string,
  form: keyof typeof LEAK_REPORT_FORMS,
  now: number,
): { readonly reports: readonly LeakReport[]; readonly isList: boolean } | { readonly problems: readonly string[] } {
  let given: unknown;
  try {
    given = JSON.parse(body);
  } catch {
    return { problems: ["the body is not JSON"] };
  }
  const entries: unknown[] = Array.isArray(given) ? given : [given];
  if (entries.length === 0) return { problems: ["it contains no report"] };
  if (entries.length > MOST_REPORTS) return { problems: [`at most ${MOST_REPORTS} reports at once`] };
  const problems: string[] = [];
  const reports = entries.flatMap((entry, index) => {
    const parsed = LEAK_REPORT_FORMS[form].safeParse(entry);
    if (parsed.success) return [toReport(parsed.data, form, now)];
    problems.push(...parsed.error.issues.map((issue) => `report ${index + 1}: ${sentenceOf(issue)}`));
    return [];
  });
  return problems.length > 0 ? { problems } : { reports, isList: Array.isArray(given) };
}

function toReport(
  entry: z.output<typeof LEAK_REPORT_FORMS.plain>,
  form: keyof typeof LEAK_REPORT_FORMS,
  now: number,
): LeakReport {
  const since = form === "plain" && entry.public_since ? Math.min(Date.parse(entry.public_since), now) : null;
  const bare = bareKey(entry.token);
  const rawKey = new RawKeyFinder(bare);
  const keep = (value: string | null | undefined, cap = LONGEST_PLACE) =>
    cleanText((value ?? "").split(/[?#]/, 1)[0] ?? "", cap, rawKey).text;
  const [url, source] = [keep(entry.url), keep(entry.source)];
  return {
    token: bare,
    kind: keep(entry.type, LONGEST_KIND),
    place: [source, url].filter((part) => part !== "").join(" "),
    publicSince: since,
  };
}

/** Names of unknown fields may be secrets themselves: they are counted. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    return `has ${issue.keys.length} unknown field(s); its fields are token, type, url, source, public_since`;
  }
  return issue.path.length === 0 ? "must be an object with a token" : `${issue.path.join(".")}: ${issue.message}`;
}
