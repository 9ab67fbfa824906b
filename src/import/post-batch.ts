import { createHash } from "node:crypto";
import type { Secret } from "../secret.js";
import { parseRetryAfter } from "./judge-answer.js";
import type { Batch } from "./split-batches.js";

/** Longer than ingest's own deadline: a slow answer is better than the same body twice. */
const ANSWER_TIMEOUT_MS = 30_000;

/** What ingest answered to a batch. */
export interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly text: string;
  readonly problem: string;
  readonly retryAfterMs: number | null;
}

/** Posts a batch to ingest, once. Throws nothing. */
export async function postBatch(
  batch: Batch,
  options: { readonly url: string; readonly token: Secret },
): Promise<Answer> {
  try {
    const response = await fetch(new URL("v1/events", options.url.replace(/\/*$/, "/")), {
      method: "POST",
      headers: {
        authorization: `Bearer ${options.token.reveal()}`,
        "content-type": "application/x-ndjson",
        "idempotency-key": batch.idempotencyKey ?? keyOf(batch.body),
      },
      body: batch.body,
      // A redirect would carry the token and the events to somewhere that nobody configured.
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
    const { status } = response;
    return { status, text: await response.text(), problem: `ingest answered ${status}${fixOf(status)}`, retryAfterMs };
  } catch (error) {
    return {
      status: 0,
      text: "",
      problem: `no answer from ${new URL(options.url).origin}: ${causeOf(error)}`,
      retryAfterMs: null,
    };
  }
}

function keyOf(body: string): string {
  return `import-${createHash("sha256").update(body).digest("hex").slice(0, 40)}`;
}

/** What to do where ingest does not take the token that was shown. */
function fixOf(status: number): string {
  if (status === 401)
    return ": unknown token: use one of its PLIMSOLL_INGEST_TOKENS, or of its PLIMSOLL_ADMIN_TOKENS for history";
  return status === 403
    ? ": this token may not send events: use one of its PLIMSOLL_INGEST_TOKENS or PLIMSOLL_ADMIN_TOKENS"
    : "";
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { cause } = error;
  // Not the message: fetch repeats the URL in it, with the password that may be in there.
  if (cause instanceof Error && "code" in cause) return String(cause.code);
  return error.name === "TimeoutError" ? "nothing within 30 s" : "the connection could not be made, or broke off";
}
