import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { AddressInfo } from "node:net";
import { stdSerializers } from "pino";
import type { Log } from "../log.js";
import { watchMethods } from "./allowed-methods.js";
import { answerBadAddress, type BadAddressPage } from "./answer-bad-address.js";
import { BodyRefused } from "./body-refused.js";

/** One group of paths with the hooks and parsers that only they have. */
export type Routes = FastifyPluginAsync;

export interface ServerOptions {
  readonly log: Log;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly routes: readonly Routes[];
  /** Addresses and CIDRs of proxies that are believed whom they speak for, and whether by TLS; nobody when absent. */
  readonly trustedProxies?: readonly string[];
  /** Connections beyond so many are closed at once; 2,000 when absent. */
  readonly maxConnections?: number;
  /** What browsers are told of an address that cannot be read; JSON when absent. */
  readonly badAddress?: BadAddressPage;
}

export interface Server {
  /** `http://host:port` as it listens. */
  readonly url: string;
  /** Takes no new request, lets those under way end, then closes. */
  close(): Promise<void>;
}

/** Longer than any load balancer keeps its side of an idle connection. */
const KEEP_ALIVE_MS = 72_000;
/** A whole request must have arrived by then: 10 MiB on a slow line, and no longer for who sends a byte a minute. */
const REQUEST_MS = 60_000;
/** Its head is short. */
const HEADERS_MS = 10_000;
/** Each takes some tens of kilobytes, whether or not it ever sends a request. */
const MAX_CONNECTIONS = 2000;
/** How often connections that are over their time are looked for. */
const LOOK_MS = 5000;

/** Listens for HTTP. Throws when the address cannot be had. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { log, host, port, routes, trustedProxies = [], maxConnections = MAX_CONNECTIONS } = options;
  const server = fastify({
    loggerInstance: log.child({}, { serializers: { req: requestOnly, err: errorOnly } }) as FastifyBaseLogger,
    // A line per request would be most of the log: failures are logged below.
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: LOOK_MS },
    connectionTimeout: KEEP_ALIVE_MS + REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // No handlerTimeout: two abort signals a request are a tenth of what a small one costs, and every handler has a deadline of its own.
    forceCloseConnections: "idle",
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    // A key_id of 256 characters, each of which may need four bytes.
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: answerBadAddress(options.badAddress),
  });
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error instanceof BodyRefused) {
      if (error.retryAfterSeconds !== null) reply.header("retry-after", String(error.retryAfterSeconds));
      if (status === 408) cutOffAfter(reply);
    }
    if (status >= 500) request.log.error({ req: request, err: error }, "a request failed");
    return reply.code(status).send({ error: status >= 500 ? "internal error" : textOf(error) });
  });
  const allowedMethods = watchMethods(server);
  server.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(request.url.split("?", 1)[0]!);
    if (allowed.length === 0 || allowed.includes(request.method)) return reply.code(404).send({ error: "not found" });
    return reply
      .code(405)
      .header("allow", allowed.join(", "))
      .send({ error: `method not allowed: this path takes ${allowed.join(", ")}` });
  });
  for (const plugin of routes) await server.register(plugin);
  server.server.maxConnections = maxConnections;
  await server.listen({ host, port });
  const address = server.server.address() as AddressInfo;
  const shown = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return { url: `http://${shown}:${address.port}`, close: () => server.close() };
}

/** The rest of a slow body is not waited for. */
function cutOffAfter(reply: FastifyReply): void {
  reply.header("connection", "close");
  reply.raw.once("finish", () => reply.raw.socket?.destroySoon());
}

/** Query strings hold secrets now and then; headers always do. */
function requestOnly(request: FastifyRequest): object {
  return { method: request.method, path: request.url.split("?")[0], id: request.id };
}

/** The error of bytes that are no HTTP holds those bytes: a raw key may be among them. */
function errorOnly(error: Error): object {
  const { rawPacket: _, ...told } = stdSerializers.err(error) as { rawPacket?: unknown };
  return told;
}

/** Fastify's own words repeat headers of the request in places: these do not. */
function textOf(error: FastifyError): string {
  if (error instanceof BodyRefused) return error.message;
  if (error.statusCode === 413) return "the body is too large";
  if (error.statusCode === 415) return "this Content-Type is not taken here";
  return error.name === "FastifyError" ? "malformed request" : error.message;
}
