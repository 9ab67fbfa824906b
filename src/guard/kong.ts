import { createHash } from "node:crypto";
import { z } from "zod";
import { CONTAINMENT_ACTIONS, type ContainmentAction } from "../model/incident/containment.js";
import type { DesiredState } from "../contain/desired-state.js";
import { defineTarget } from "./define-target.js";
import { address, below, partProblem, secret } from "./target-fields.js";

/**
 * Kong Gateway, by its Admin API: one plugin of each kind on the consumer that the key belongs to, under an id of our own.
 *
 * | here | there |
 * | --- | --- |
 * | guardRef | the consumer's username or id |
 * | `deny_networks` | plugin `ip-restriction`, `config.deny` |
 * | `throttle` | plugin `rate-limiting`, `config.minute` |
 * | `freeze` | plugin `request-termination`, status 403 |
 * | something is to hold | `PUT /consumers/{consumer}/plugins/{id}`, the same however often |
 * | nothing is | `DELETE` of it; 404 `Not found`: it is gone |
 * | token | header `Kong-Admin-Token` |
 *
 * A consumer has one plugin of a kind: where it has one of its own, Kong answers 409, and nothing is changed.
 */
export const kong = defineTarget({
  type: "kong",
  actions: CONTAINMENT_ACTIONS,
  settings: z.strictObject({ url: address, token: secret.optional() }),
  problemOf: ({ call, desired }) => (desired === null ? null : partProblem(call.guardRef)),
  requests: ({ call, desired }, { url }) => {
    const id = pluginIdOf(call.guardRef, call.action);
    const plugin = below(url, "consumers", call.guardRef, "plugins", id);
    if (desired === null) return [{ method: "DELETE", url: plugin, headers: {}, body: null, isDone: isGone }];
    const body = JSON.stringify({ ...PLUGINS[call.action](desired), enabled: true, tags: ["plimsoll"] });
    const isDone = (status: number, answer: string) => status < 300 && fieldOf(answer, "id") === id;
    return [{ method: "PUT", url: plugin, headers: { "content-type": "application/json" }, body, isDone }];
  },
  authorize: (_request, _asked, { token }) => (token === undefined ? {} : { "kong-admin-token": token.reveal() }),
  secrets: ({ token, url }) => (token === undefined ? [url] : [url, token]),
});

const PLUGINS: Readonly<Record<ContainmentAction, (desired: DesiredState) => object>> = {
  deny_networks: ({ networks }) => ({ name: "ip-restriction", config: { deny: networks } }),
  throttle: ({ limitPerMinute }) => ({
    name: "rate-limiting",
    config: { minute: limitPerMinute, limit_by: "consumer", policy: "local" },
  }),
  freeze: () => ({ name: "request-termination", config: { status_code: 403, message: "This key is suspended" } }),
};

/** Kong's proxy and other programs say 404 in other words. */
function isGone(status: number, answer: string): boolean {
  return status === 204 || (status === 404 && fieldOf(answer, "message") === "Not found");
}

/** A field of an answer that is JSON; undefined of any other. */
function fieldOf(answer: string, name: string): unknown {
  try {
    return (JSON.parse(answer) as Readonly<Record<string, unknown>> | null)?.[name];
  } catch {
    return undefined;
  }
}

/** A UUID that is the same for a consumer and an action, however often it is asked for. */
function pluginIdOf(consumer: string, action: ContainmentAction): string {
  const hex = createHash("sha256")
    .update(JSON.stringify(["plimsoll", consumer, action]))
    .digest("hex");
  // Version 8 of RFC 9562: made of what one likes.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
