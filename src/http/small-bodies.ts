import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { openBodyBudget } from "./body-budget.js";
import { BodyRefused } from "./body-refused.js";
import { LeastRate } from "./least-rate.js";
import { readBody } from "./read-body.js";

export interface SmallBodies {
  readonly limitBytes: number;
  /** Of all bodies under way. */
  readonly budgetBytes: number;
  /** Whose share of the budget a body is charged to. */
  readonly sourceOf: (request: FastifyRequest) => string;
}

/**
 * Has a group of paths read bodies of any type whole, as a buffer, after its onRequest hooks have let the request in. What arrives is charged as
 * it arrives: whoever only claims a long body, or sends one slowly, holds nothing.
 */
export function takeSmallBodies(server: FastifyInstance, { limitBytes, budgetBytes, sourceOf }: SmallBodies): void {
  const budget = openBodyBudget(budgetBytes);
  const leastRate = new LeastRate();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", async (request: FastifyRequest, payload: Readable) => {
    if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw new BodyRefused("too_large", limitBytes);
    const account = budget.open(sourceOf(request), 0);
    if (account === null) throw new BodyRefused("no_room");
    request.raw.once("close", account.close);
    return readBody(payload, { encoding: "identity", account, reservedBytes: 0, limitBytes, leastRate });
  });
}
