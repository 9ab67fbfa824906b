import { z } from "zod";
import type { DesiredState } from "../contain/desired-state.js";
import { CONTAINMENT_ACTIONS, type ContainmentAction } from "../model/incident/containment.js";
import { isDotSegment } from "../text/clean-text.js";
import { defineTarget } from "./define-target.js";
import { address, below, secret } from "./target-fields.js";

/**
 * Apache APISIX, by its Admin API: plugins of a consumer group that is Plimsoll's alone, which the owner makes once and binds the key's consumer to. A consumer
 * itself can only be replaced as a whole, so that a change of its owner's in between would be lost.
 *
 * | here | there |
 * | --- | --- |
 * | guardRef | the rest of the group's id, after `plimsoll-` |
 * | `deny_networks` | plugin `ip-restriction`, `blacklist` |
 * | `throttle` | plugin `limit-count`, `count` in 60 seconds, for each consumer |
 * | `freeze` | plugin `fault-injection`, `abort` with 403 |
 * | something is to hold | `PATCH /consumer_groups/{id}` with that plugin, merged into the group: the same however often |
 * | nothing is | the same with `null`, which removes it; 404 `Key not found`: the group is gone |
 * | token | header `X-API-KEY` |
 */
export const apisix = defineTarget({
  type: "apisix",
  actions: CONTAINMENT_ACTIONS,
  settings: z.strictObject({ url: address, token: secret }),
  problemOf: ({ call, desired }) => {
    if (desired === null || (ID.test(idOf(call.guardRef)) && !isDotSegment(call.guardRef))) return null;
    return `guard_ref must be 1 to ${LONGEST_ID - OURS.length} letters, digits and _ . -, and not . or ..: it is a part of the id of a consumer group`;
  },
  requests: ({ call, desired }, { url }) => {
    const id = idOf(call.guardRef);
    const { name, config } = PLUGINS[call.action];
    const body = JSON.stringify({ plugins: { [name]: desired === null ? null : config(desired) } });
    const isDone = (status: number, answer: string) =>
      status < 300 ? holds(answer, id, name, desired !== null) : desired === null && isGone(status, answer);
    const headers = { "content-type": "application/json" };
    return [{ method: "PATCH", url: below(url, "consumer_groups", id), headers, body, isDone }];
  },
  authorize: (_request, _asked, { token }) => ({ "x-api-key": token.reveal() }),
  secrets: ({ token, url }) => [url, token],
});

const OURS = "plimsoll-";
/** What APISIX takes as an id. */
const LONGEST_ID = 64;
const ID = new RegExp(`^[A-Za-z0-9_.-]{${OURS.length + 1},${LONGEST_ID}}$`);
const idOf = (guardRef: string) => `${OURS}${guardRef}`;

interface Plugin {
  readonly name: string;
  readonly config: (desired: DesiredState) => object;
}

const PLUGINS: Readonly<Record<ContainmentAction, Plugin>> = {
  deny_networks: { name: "ip-restriction", config: ({ networks }) => ({ blacklist: networks }) },
  throttle: {
    name: "limit-count",
    config: ({ limitPerMinute }) => ({
      count: limitPerMinute,
      time_window: 60,
      rejected_code: 429,
      key_type: "var",
      key: "consumer_name",
      policy: "local",
    }),
  },
  freeze: {
    name: "fault-injection",
    config: () => ({ abort: { http_status: 403, body: "This key is suspended" } }),
  },
};

/** What the group is after the call: whether it has the plugin, or no longer. */
interface GroupAnswer {
  readonly key?: unknown;
  readonly value?: { readonly plugins?: Readonly<Record<string, unknown>> | null } | null;
  readonly message?: unknown;
}

function holds(answer: string, id: string, name: string, isAsked: boolean): boolean {
  const { key, value } = answerOf(answer);
  if (typeof key !== "string" || !key.endsWith(`/consumer_groups/${id}`)) return false;
  return Object.hasOwn(value?.plugins ?? {}, name) === isAsked;
}

function isGone(status: number, answer: string): boolean {
  return status === 404 && answerOf(answer).message === "Key not found";
}

function answerOf(answer: string): GroupAnswer {
  try {
    return (JSON.parse(answer) as GroupAnswer | null) ?? {};
  } catch {
    return {};
  }
}
