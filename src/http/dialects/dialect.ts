import type { FastifyRequest } from "fastify";
import type { AcceptedEvents } from "../../pipeline/ingest/read-events.js";
import type { AskedFormat } from "../accept-format.js";
import type { BodyAccount } from "../body-budget.js";

/** Why a request is refused by its head. */
export interface RefusedHead {
  readonly status: 400 | 415;
  readonly error: string;
  /** What is sent in place of `{"error"}`, with its type. */
  readonly as?: { readonly type: string; readonly body: Buffer };
}

/** An answer as `POST /v1/events` gives it, and what was read of the body, if it was. */
export interface GivenAnswer {
  readonly status: number;
  readonly body: { readonly error?: string };
  readonly events: AcceptedEvents | null;
}

/** How a kind of sender speaks to ingest: where, how it shows its token, what its body is and how it wants to be answered. The rest is the same for all. */
export interface Dialect {
  readonly path: string;
  /** The body's format; null for events as they are. */
  readonly formatOf: (request: FastifyRequest) => AskedFormat | RefusedHead | null;
  /** What stands for an Authorization header. */
  readonly authorizationOf?: (request: FastifyRequest) => string | undefined;
  /** The log that a body carries, each piece charged to the account as it is unpacked. @throws BodyRefused */
  readonly unpack?: (body: Buffer, account: BodyAccount) => Promise<Buffer>;
  readonly idempotencyKeyOf?: (request: FastifyRequest) => string | undefined;
  /** What an answer is to this sender. */
  readonly answer?: (given: GivenAnswer, request: FastifyRequest) => { readonly status: number; readonly body: object };
}
