import type { FastifyRequest } from "fastify";
import { parseAskedFormat } from "../accept-format.js";
import type { Dialect } from "./dialect.js";

/** All but JSON are one event a line. */
const BODY_TYPES = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
  "application/json",
] as const;

/** `POST /v1/events[?format=…]` of the public contract. */
export const plainEvents: Dialect = {
  path: "/v1/events",
  formatOf(request) {
    const format = parseAskedFormat(request.query as Record<string, unknown>);
    if (format !== null) return "error" in format ? { status: 400, error: format.error } : format;
    if (request.headers["content-length"] === "0" || isTaken(request)) return null;
    return { status: 415, error: `Content-Type is not taken: send one of ${BODY_TYPES.join(", ")}` };
  },
};

/** A heartbeat has no body and needs no type. */
function isTaken({ headers }: FastifyRequest): boolean {
  const type = headers["content-type"];
  if (type === undefined) return true;
  const name = type.split(";", 1)[0]!.trim().toLowerCase();
  return (BODY_TYPES as readonly string[]).includes(name);
}
