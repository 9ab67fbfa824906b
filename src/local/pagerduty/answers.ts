import type { Validation } from "./protocol.js";

/** How one request is answered in place of the protocol's own answer, which is `accept`. */
export type Answer =
  | "accept"
  | "bad-request"
  | "rate-limited"
  | "rate-limited-retry-after"
  | "server-error"
  | "bad-gateway-html"
  | "accepted-empty"
  | "redirect"
  | "reset"
  | "hang"
  | "slow-body"
  | { readonly status: number; readonly body?: string; readonly headers?: Headers };

type Headers = Readonly<Record<string, string>>;

/** What goes over the wire; with `unfinished`, the body begins and never ends. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly unfinished?: true;
}

/** Seconds that a `rate-limited-retry-after` answer asks for. */
const retryAfterSeconds = 7;

const json = { "content-type": "application/json" };

/** The reply to an event: PagerDuty's own for `accept`, and what networks and outages do to it for the others. */
export function replyTo(answer: Answer, parsed: Validation, dedupKey: string): Reply | "reset" | "hang" {
  if (typeof answer === "object")
    return { status: answer.status, text: answer.body ?? "{}", headers: answer.headers ?? json };
  const success = JSON.stringify({ status: "success", message: "Event processed", dedup_key: dedupKey });
  switch (answer) {
    case "bad-request":
      return invalidEvent(parsed.ok ? ["event refused on demand"] : parsed.errors);
    case "rate-limited":
      return { status: 429, text: "", headers: {} };
    case "rate-limited-retry-after":
      return { status: 429, text: "", headers: { "retry-after": String(retryAfterSeconds) } };
    case "server-error":
      return { status: 500, text: '{"status":"error","message":"Internal Server Error"}', headers: json };
    case "bad-gateway-html":
      return { status: 502, text: "<html><h1>502 Bad Gateway</h1></html>", headers: { "content-type": "text/html" } };
    case "redirect":
      return { status: 307, text: "", headers: { location: "/elsewhere" } };
    case "reset":
    case "hang":
      return answer;
    case "accept":
    case "accepted-empty":
    case "slow-body":
      if (!parsed.ok) return invalidEvent(parsed.errors);
      if (answer === "slow-body") return { status: 202, text: success.slice(0, 10), headers: json, unfinished: true };
      return { status: 202, text: answer === "accept" ? success : "", headers: json };
  }
}

function invalidEvent(errors: readonly string[]): Reply {
  return {
    status: 400,
    text: JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors }),
    headers: json,
  };
}
