import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent } from "node:https";
import type { AgentOptions } from "node:https";
import { event } from "@pagerduty/pdjs";
import type { DeliveryVerdict, Page } from "../model/incident/page.js";
import type { Secret } from "../secret.js";
import { fieldsForPagerDuty } from "./pagerduty-event.js";

/** Sends pages to PagerDuty; `close` drops idle connections. */
export interface PagerDutyPager {
  /** Sends one page once. Never throws: what failed is in the verdict, without the routing key. */
  send(page: Page, signal?: AbortSignal): Promise<DeliveryVerdict>;
  close(): void;
}

/** Where and as whom to page. */
export interface PagerDutyPagerOptions {
  readonly routingKey: Secret;
  /** host or host:port, always https. */
  readonly eventsHost: string;
  /** For the TLS connection, such as `ca`. */
  readonly agentOptions?: AgentOptions;
  /** How long PagerDuty may take for the whole answer. */
  readonly timeoutMs?: number;
}

interface Answer {
  /** 0 when there was no answer. */
  status: number;
  retryAfter: string | undefined;
}

type PdjsEvent = Parameters<typeof event>[0];
type AddRequest = (request: ClientRequest, options: unknown) => void;

const defaultTimeoutMs = 10_000;
const maxProblemLength = 500;
// Worth another try although the client seems to be at fault: timeout, too early, rate limit.
const retryable4xx = new Set([408, 425, 429]);

/** Opens a pager that keeps its connection to PagerDuty alive between pages. */
export function openPagerDutyPager(options: PagerDutyPagerOptions): PagerDutyPager {
  const agent = new Agent({ keepAlive: true, ...options.agentOptions });
  return {
    send: (page, signal) => send(options, agent, page, signal),
    close: () => agent.destroy(),
  };
}

async function send(
  options: PagerDutyPagerOptions,
  agent: Agent,
  page: Page,
  signal?: AbortSignal,
): Promise<DeliveryVerdict> {
  const { routingKey, eventsHost, timeoutMs = defaultTimeoutMs } = options;
  const fields = parseBody(page.body);
  if (fields === null) return { kind: "refused", status: 0, problem: "the page's body is not a JSON object" };
  const answer: Answer = { status: 0, retryAfter: undefined };
  const end = new AbortController();
  const stop = () => end.abort();
  const timeout = setTimeout(stop, timeoutMs);
  signal?.addEventListener("abort", stop);
  if (signal?.aborted === true) stop();
  let data: unknown;
  let problem = "";
  try {
    const result = await event({
      data: { ...fieldsForPagerDuty(fields), routing_key: routingKey.reveal() } as PdjsEvent["data"],
      type: page.action === "change" ? "change" : "event",
      server: eventsHost,
      // pdjs' own timeout never aborts, and its timer keeps the process alive; ours is `signal`.
      requestTimeout: 0,
      // Only reached after our abort, when it fails at once: pdjs must neither sleep nor retry by itself.
      retryTimeout: 0,
      // A redirect would carry the routing key to another host.
      redirect: "error",
      agent: watchAnswer(agent, answer, stop),
      signal: end.signal,
    } as PdjsEvent);
    data = result.data;
  } catch (error) {
    problem = problemOf(error, answer, { timedOut: end.signal.aborted, timeoutMs, stopped: signal?.aborted === true });
  } finally {
    clearTimeout(timeout);
    signal?.removeEventListener("abort", stop);
  }
  const verdict = judge(answer, problem === "" ? refusalText(data) : problem, problem === "");
  return "problem" in verdict ? { ...verdict, problem: withoutKey(verdict.problem, routingKey) } : verdict;
}

/**
 * The same agent, with an eye on the answer's head: pdjs loses the status when the body is not JSON, and on a 429 it would sleep for
 * three times `retryTimeout`; the queue waits better, so that request ends there.
 */
function watchAnswer(agent: Agent, answer: Answer, stop: () => void): Agent {
  const addRequest: AddRequest = (request, options) => {
    request.once("response", (response: IncomingMessage) => {
      answer.status = response.statusCode ?? 0;
      answer.retryAfter = response.headers["retry-after"];
      if (answer.status === 429) stop();
    });
    (agent as unknown as { addRequest: AddRequest }).addRequest(request, options);
  };
  return Object.assign(Object.create(agent) as Agent, { addRequest });
}

function parseBody(body: string): object | null {
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === "object" && !Array.isArray(fields) ? fields : null;
  } catch {
    return null;
  }
}

/** 202 with its JSON is sent; 400 and other 4xx are refused; all else is worth another try, which the dedup key makes harmless. */
function judge({ status, retryAfter }: Answer, problem: string, isWhole: boolean): DeliveryVerdict {
  if (status === 202 && isWhole) return { kind: "sent", status };
  if (status >= 400 && status < 500 && !retryable4xx.has(status)) return { kind: "refused", status, problem };
  return { kind: "retry", status, problem, retryAfterMs: parseRetryAfter(retryAfter) };
}

function problemOf(
  error: unknown,
  { status }: Answer,
  end: { timedOut: boolean; timeoutMs: number; stopped: boolean },
): string {
  if (status === 429) return "PagerDuty's rate limit was reached (429)";
  if (status >= 300 && status < 400)
    return `redirect (${status}) not followed, because it would expose the routing key`;
  if (end.stopped) return "stopped before PagerDuty answered";
  if (end.timedOut) return `no complete answer from PagerDuty within ${end.timeoutMs / 1000} s`;
  if (status !== 0) return `PagerDuty answered ${status} without valid JSON`;
  // The code alone: messages of the network stack may hold more than is fit to be stored.
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return `no answer from PagerDuty: ${code}`;
}

function refusalText(data: unknown): string {
  const { message, errors } = (data ?? {}) as { message?: unknown; errors?: unknown };
  const parts = [message, ...(Array.isArray(errors) ? errors : [])].filter((part) => typeof part === "string");
  return parts.join("; ") || "PagerDuty gave no reason";
}

function withoutKey(problem: string, routingKey: Secret): string {
  return problem.replaceAll(routingKey.reveal(), "[routing key]").slice(0, maxProblemLength);
}

/** Milliseconds of a Retry-After header, which is seconds or a date; null when it is absent or odd. */
function parseRetryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
