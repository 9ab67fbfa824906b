import type { Registry } from "prom-client";
import type { Routes } from "./server.js";

/** What readiness found: a line for each thing asked. */
export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, unknown>>;
}

export interface HealthDeps {
  /** Asks anew on every call and ends within its own deadline. */
  readonly readiness: () => Promise<Readiness>;
  readonly registry: Registry;
}

/** `GET /healthz` (the process is alive), `GET /readyz` (it can work: 200, else 503), `GET /metrics` (Prometheus). */
export function healthRoute({ readiness, registry }: HealthDeps): Routes {
  return async (server) => {
    server.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store");
    });
    server.get("/healthz", async () => ({ alive: true }));
    server.get("/readyz", async (request, reply) => {
      try {
        const { ready, checks } = await readiness();
        return await reply.code(ready ? 200 : 503).send({ ready, checks });
      } catch (error) {
        request.log.error({ err: error }, "readiness could not be determined");
        return reply.code(503).send({ ready: false, checks: {} });
      }
    });
    server.get("/metrics", async (_request, reply) =>
      reply.header("content-type", registry.contentType).send(await registry.metrics()),
    );
  };
}
