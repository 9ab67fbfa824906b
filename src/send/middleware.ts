import type { Sender, SentEvent } from "./send.js";

/** What frameworks say of a request and its answer, as far as they do. */
interface SeenRequest {
  readonly method?: string;
  readonly ip?: string;
  readonly baseUrl?: string;
  readonly route?: { readonly path: unknown };
  readonly routeOptions?: { readonly url?: string };
  readonly headers?: Readonly<Record<string, unknown>>;
}
interface SeenResponse {
  readonly statusCode: number;
  readonly writableFinished: boolean;
  once(event: "close", listener: () => void): unknown;
}

/** What a caller adds to what its framework knows of a request: `key_id` or `key` at least; null: not to be recorded. */
export type Describe<Request> = (request: Request) => SentEvent | null;

/** Middleware for Express and its like: records each request once it is over. */
export function expressMiddleware<Request extends SeenRequest>(sender: Sender, describe: Describe<Request>) {
  return (request: Request, response: SeenResponse, next: () => void): void => {
    const began = performance.now();
    response.once("close", () => record(sender, describe, request, response, performance.now() - began));
    next();
  };
}

/** A plugin for Fastify: `app.register(fastifyPlugin(sender, describe))` records the requests of all of `app`. */
export function fastifyPlugin<Request extends SeenRequest>(sender: Sender, describe: Describe<Request>) {
  type Reply = { readonly raw: SeenResponse; readonly elapsedTime: number };
  type App = { addHook(name: "onResponse", hook: (request: Request, reply: Reply) => Promise<void>): unknown };
  const plugin = async (app: App) => {
    app.addHook("onResponse", async (request, { raw, elapsedTime }) =>
      record(sender, describe, request, raw, elapsedTime),
    );
  };
  // The hooks of a plugin count for it alone otherwise.
  return Object.assign(plugin, { [Symbol.for("skip-override")]: true });
}

function record<Request extends SeenRequest>(
  sender: Sender,
  describe: Describe<Request>,
  request: Request,
  { statusCode, writableFinished }: SeenResponse,
  latencyMs: number,
): void {
  try {
    const described = describe(request);
    if (described === null) return;
    const { method, ip, baseUrl = "", route, routeOptions, headers } = request;
    const path = routeOptions?.url ?? (typeof route?.path === "string" ? baseUrl + route.path : undefined);
    const answered = { status: writableFinished ? statusCode : 499, latency_ms: Math.round(latencyMs) };
    const seen = { method, route: path, source_ip: ip, user_agent: headers?.["user-agent"], ...answered };
    sender.record({ ...(seen as SentEvent), ...described });
  } catch {
    // A description that fails is no reason to fail the request.
  }
}
