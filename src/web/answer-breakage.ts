import type { FastifyError, FastifyInstance } from "fastify";
import { explainClickHouse } from "../store/problem/dependency-problem.js";
import { pageOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { rootOf } from "./own-pages.js";
import type { FindDeps } from "./find/incidents-routes.js";

/** A view that cannot be made is said to be that, in a view: 503 where ClickHouse is why, and 500 where the fault is ours. */
export function answerBreakage(behind: FastifyInstance, send: FindDeps["send"]): void {
  behind.setErrorHandler(async (error: FastifyError, request, reply) => {
    if ((error.statusCode ?? 500) < 500) throw error;
    const isOfClickHouse = explainClickHouse(error) !== undefined;
    const saying = isOfClickHouse ? "a view could not be shown" : "a view could not be made: a fault in Plimsoll";
    request.log.error({ err: error }, saying);
    const text = isOfClickHouse ? AWAY : faultText(request.id);
    const page = pageOf("This page cannot be shown now", rootOf(request.url), text);
    return send(reply, page, isOfClickHouse ? 503 : 500);
  });
}

const AWAY = html`<p role="alert">ClickHouse did not answer, or returned an error. See the log of serve, or run:</p>
  <pre>plimsoll doctor</pre>`;

/** What failed is in the log alone: an error may quote what it was given. */
const faultText = (id: string): Markup =>
  html`<p role="alert">
    This is a fault in Plimsoll, not in ClickHouse. Please report it with the stack that the log of serve has of request
    ${id}.
  </p>`;
