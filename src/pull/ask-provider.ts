import type { z } from "zod";
import { printable } from "../text/clean-text.js";
import { maskSecrets } from "../text/secret/secret-shape.js";
import { PullProblem } from "./pull-problem.js";

/** A report's page comes within seconds; longer is a hang. */
const ANSWER_MS = 30_000;
/** A week of hours of thousands of keys is less. */
const MOST_BYTES = 64 * 2 ** 20;
/** Enough of an error to know what it is about. */
const SHOWN = 200;

/** A request as `fetch` takes it. */
export interface Question {
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What must not come back in an error, whoever echoes it. */
  readonly secrets: readonly string[];
}

/**
 * Asks a provider and reads its answer as the schema says. Redirects are not followed: they would carry the credential elsewhere.
 * @throws PullProblem, which says whether to ask again and when; never what was asked with
 */
export async function askProvider<Shape extends z.ZodType>(
  question: Question,
  schema: Shape,
  signal: AbortSignal,
): Promise<z.output<Shape>> {
  const { url, method = "GET", headers, body } = question;
  const init = {
    method,
    headers,
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  };
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, ...(body === undefined ? {} : { body }) } as RequestInit);
    text = await readText(response);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PullProblem) throw error;
    throw new PullProblem(`${url.host} does not answer: ${reasonOf(error)}`, { canRetry: true });
  }
  if (!response.ok) throw problemOf(question, response, text);
  const parsed = schema.safeParse(parseJson(url, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PullProblem(
    `${url.host} answered something else than documented: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new PullProblem(`an answer of more than ${MOST_BYTES / 2 ** 20} MiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parseJson(url: URL, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What stands between us and the provider answers in HTML.
    throw new PullProblem(`${url.host} answered what is not JSON`, { canRetry: true });
  }
}

function problemOf({ url, secrets }: Question, { status, headers }: Response, text: string): PullProblem {
  const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, "[credential]"), text);
  const said = printable(maskSecrets(hidden.replace(/\s+/g, " ").slice(0, 4 * SHOWN)).text).slice(0, SHOWN);
  const why = said === "" ? "" : `: ${said}`;
  if (status === 401 || status === 403)
    return new PullProblem(
      `${url.host} refuses the credential (${status}): see docs/providers.md for what it must be${why}`,
    );
  const isThrottled = status === 429 || /Throttl|TooManyRequests|LimitExceeded/.test(text);
  const canRetry = isThrottled || status >= 500 || status === 408;
  return new PullProblem(`${url.host} answered ${status}${why}`, { canRetry, retryAfterMs: retryAfterOf(headers) });
}

/** Seconds or an HTTP date, as RFC 9110 has it. */
function retryAfterOf(headers: Headers): number | null {
  const given = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given) * 1000;
  const at = Date.parse(given);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return name === "TimeoutError" ? `no answer within ${ANSWER_MS / 1000} s` : (cause?.code ?? cause?.message ?? name);
}
