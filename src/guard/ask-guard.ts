import type { DeliveryVerdict } from "../model/incident/page.js";
import { printable } from "../text/clean-text.js";
import { maskSecrets } from "../text/secret/secret-shape.js";
import type { GuardRequest } from "./define-target.js";
import { hideSecrets } from "./hide-secrets.js";

/** A guard answers within seconds; longer is a hang, and the call may have been heard. */
const ANSWER_MS = 10_000;
/** Enough of an error to know what it is about. */
const SHOWN = 200;
const MOST_BYTES = 64 * 1024;
/** Worth another try although the client seems to be at fault: timeout, too early, rate limit. */
const RETRYABLE = new Set([408, 425, 429]);

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** What to look at after a refusal by this status; of a guard, unless given. */
  readonly hintOf?: (status: number) => string;
}

/**
 * Sends one request and judges the answer: what the target calls done is done; a 2xx that is not, a redirect and another 4xx are refused; all else is worth
 * another try. Never throws; neither a secret nor the guard's address is in the problem.
 */
export async function askGuard(
  { method, url, headers, body, isDone, mostBytes = MOST_BYTES }: GuardRequest,
  allowed: Readonly<Record<string, string>>,
  secrets: readonly string[],
  { signal, timeoutMs = ANSWER_MS, hintOf = guardHint }: AskOptions,
): Promise<DeliveryVerdict> {
  const ends = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...allowed },
      body,
      // A redirect would carry the credential elsewhere.
      redirect: "manual",
      signal: AbortSignal.any(ends),
    });
    const { status } = response;
    if (response.ok && isDone === undefined) {
      await response.body?.cancel();
      return { kind: "sent", status };
    }
    const { answer, isCut } = await readSome(response, mostBytes);
    const isCutByUs = isCut && ends.some(({ aborted }) => aborted);
    if (isDone?.(status, answer, isCutByUs) === true) return { kind: "sent", status };
    const said = wordsOf(answer, secrets);
    const problem = `answered ${status}${said === "" ? "" : `: ${said}`}`;
    // What it was going to say may have been yes.
    const isRefusal = status < 500 && !RETRYABLE.has(status) && !(response.ok && isCut);
    if (isRefusal) return { kind: "refused", status, problem: `${problem}${hintOf(status)}` };
    return { kind: "retry", status, problem, retryAfterMs: retryAfterOf(response.headers) };
  } catch (error) {
    return {
      kind: "retry",
      status: 0,
      problem: `does not answer: ${hideSecrets(reasonOf(error, timeoutMs), secrets)}`,
      retryAfterMs: null,
    };
  }
}

/** What to look at after a refusal. */
function guardHint(status: number): string {
  if (status < 300) return "; that is no answer of such a guard: check its url in PLIMSOLL_GUARDS";
  if (status < 400) return "; redirects are not followed: give the address that it leads to as url";
  if (status === 401 || status === 403)
    return "; check the secret of this guard in PLIMSOLL_GUARDS, and what it may do";
  return status === 404 ? "; check guard_ref of the key, and url (or zone) of this guard in PLIMSOLL_GUARDS" : "";
}

/** What came of the body: its status counts, though the rest may never come. */
async function readSome(
  response: Response,
  mostBytes: number,
): Promise<{ readonly answer: string; readonly isCut: boolean }> {
  const parts: Uint8Array[] = [];
  let [bytes, isCut] = [0, false];
  try {
    for await (const part of response.body ?? []) {
      parts.push(part);
      bytes += part.length;
      if (bytes > mostBytes) break;
    }
  } catch {
    isCut = true;
  }
  return { answer: Buffer.concat(parts).toString("utf8"), isCut };
}

function wordsOf(text: string, secrets: readonly string[]): string {
  return printable(
    maskSecrets(
      hideSecrets(text, secrets)
        .replace(/\s+/g, " ")
        .slice(0, 4 * SHOWN),
    ).text,
  )
    .slice(0, SHOWN)
    .trim();
}

/** Seconds or an HTTP date, as RFC 9110 has it. */
function retryAfterOf(headers: Headers): number | null {
  const given = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given) * 1000;
  const at = Date.parse(given);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return name === "TimeoutError" ? `no answer within ${timeoutMs / 1000} s` : (cause?.code ?? cause?.message ?? name);
}
