import type { Signal } from "../model/finding/finding.js";
import { NOVELTY_LEVELS } from "../model/finding/novelty.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import { requestsText } from "../text/amounts.js";
import type { Evidence } from "./evidence.js";

const CLIENT_LEVEL = NOVELTY_LEVELS.indexOf("client");

/** Signal `clients`: traffic of programs that never used this key, in addition to (not instead of) its usual traffic. */
export function judgeClients({ tick, result, share }: Evidence): Signal | null {
  if (share.clients <= 0) return null;
  const requests = tick.novel.requests[CLIENT_LEVEL]![result.window]!;
  return {
    name: "clients",
    score: share.clients,
    summary: `${requestsText(requests)} in the last ${WINDOW_NAMES[result.window]} by a program that never used this key until a week before`,
  };
}
