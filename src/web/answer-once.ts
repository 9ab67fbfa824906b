import type { onRequestHookHandler } from "fastify";
import { answeringOnce } from "../flow/ask-once.js";

/** Asks ClickHouse once for what several parts of a view need. What changes something asks again after that. */
export const answerOnce: onRequestHookHandler = (request, _reply, done) =>
  request.method === "GET" ? answeringOnce(done) : done();
