import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** What a key used of a model in an hour, as a provider has it on file. */
export interface FiledUse {
  readonly hour: number;
  readonly key: string | null;
  readonly model: string;
  requests: number;
  tokens: number;
}

/** What goes wrong with the next answers. */
export interface ProviderFaults {
  /** So many answers are 429, each with this Retry-After (seconds). */
  throttled: number;
  retryAfter: string;
  /** So many answers are 503. */
  failing: number;
  /** So many connections are cut. */
  away: number;
  /** The second page is the first once more, so many times. */
  repeated: number;
}

/** A local server that speaks OpenAI's usage API: `page`, `has_more`, `next_page`, buckets of an hour or a day, also the empty ones. */
export interface UsageProvider {
  readonly origin: string;
  readonly filed: FiledUse[];
  readonly costs: { readonly day: number; readonly key: string; readonly line: string; usd: number }[];
  readonly faults: ProviderFaults;
  /** Every request: its path with the query. */
  readonly asked: string[];
  close(): Promise<void>;
}

const PAGE = 24;

/** Starts the server; it knows one admin key. */
export async function openUsageProvider(adminKey: string): Promise<UsageProvider> {
  const filed: FiledUse[] = [];
  const costs: UsageProvider["costs"] = [];
  const asked: string[] = [];
  const faults: ProviderFaults = { throttled: 0, retryAfter: "7", failing: 0, away: 0, repeated: 0 };
  const resultsOf = (path: string, from: number, to: number): object[] => {
    if (path.endsWith("/costs"))
      return costs
        .filter(({ day }) => day >= from && day < to)
        .map(({ key, line, usd }) => ({
          object: "organization.costs.result",
          amount: { value: usd, currency: "usd" },
          line_item: line,
          project_id: null,
          api_key_id: key,
        }));
    if (!path.endsWith("/completions")) return [];
    return filed
      .filter(({ hour }) => hour >= from && hour < to)
      .map(({ key, model, requests, tokens }) => ({
        object: "organization.usage.completions.result",
        input_tokens: Math.floor(tokens / 2),
        output_tokens: tokens - Math.floor(tokens / 2),
        input_cached_tokens: 0,
        num_model_requests: requests,
        project_id: null,
        user_id: null,
        api_key_id: key,
        model,
        batch: null,
      }));
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "http://provider");
    asked.push(url.pathname + url.search);
    const send = (status: number, body: object, headers: Record<string, string> = {}) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    if (faults.away > 0) return void ((faults.away -= 1), request.socket.destroy());
    if (request.headers.authorization !== `Bearer ${adminKey}`)
      return void send(401, { error: { message: `Incorrect API key provided: ${request.headers.authorization}` } });
    if (faults.throttled > 0) {
      faults.throttled -= 1;
      return void send(429, { error: { message: "Rate limit reached" } }, { "retry-after": faults.retryAfter });
    }
    if (faults.failing > 0) return void ((faults.failing -= 1), send(503, { error: { message: "overloaded" } }));
    const width = url.searchParams.get("bucket_width") === "1d" ? 86_400 : 3600;
    const [start, end] = [Number(url.searchParams.get("start_time")), Number(url.searchParams.get("end_time"))];
    const limit = Math.min(PAGE, Number(url.searchParams.get("limit") ?? 7));
    let at = Number(url.searchParams.get("page")?.slice("page_".length) ?? start);
    const next = at + limit * width;
    if (at === start + limit * width && faults.repeated > 0) {
      faults.repeated -= 1;
      at = start;
    }
    const data = [];
    for (let from = at; from < Math.min(end, at + limit * width); from += width)
      data.push({
        object: "bucket",
        start_time: from,
        end_time: from + width,
        results: resultsOf(url.pathname, from * 1000, (from + width) * 1000),
      });
    send(200, { object: "page", data, has_more: next < end, next_page: next < end ? `page_${next}` : null });
  };
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    filed,
    costs,
    faults,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
