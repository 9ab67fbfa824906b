import type { onRequestHookHandler } from "fastify";
import { onBehalfOf } from "../flow/caller.js";

/** Ends what a request still asks of ClickHouse when whoever sent it is gone: a page that was reloaded ten times is read once. */
export const cancelWhenGone: onRequestHookHandler = (request, reply, done) => {
  if (request.method !== "GET") return done();
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return onBehalfOf(gone.signal, done);
};
