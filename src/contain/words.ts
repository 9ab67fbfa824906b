import type { ContainmentAction, ContainmentCall } from "../model/incident/containment.js";
import { blockText } from "../model/network/address-cover.js";
import { countedText, requestsText } from "../text/amounts.js";
import { minuteText } from "../text/clock-text.js";

/** Networks that are named in a sentence; how many there are is always said. */
const NAMED = 3;

/** What an action is called in sentences. */
export const ACTION_WORDS: Readonly<Record<ContainmentAction, string>> = {
  throttle: "throttle",
  deny_networks: "deny networks",
  freeze: "freeze",
};

/** Networks as people read them: `2 networks (198.51.100.4, 203.0.113.0/24)`. */
export function networksText(networks: readonly string[]): string {
  const named = networks.slice(0, NAMED).map(blockText).join(", ");
  const more = networks.length > NAMED ? `, and ${networks.length - NAMED} more` : "";
  return `${countedText(networks.length, "network")} (${named}${more})`;
}

/** What a call asks for: `deny 1 network (198.51.100.4)`, `throttle to 12 requests a minute`, `freeze`. */
export function askedText({ action, networks, limitPerMinute }: AskedFor): string {
  if (action === "deny_networks") return `deny ${networksText(networks)}`;
  return action === "throttle"
    ? `throttle to ${requestsText(limitPerMinute ?? 0)} a minute`
    : "freeze: refuse everything";
}

/** What a containment asks for, without whom. */
export type AskedFor = Pick<ContainmentCall, "action" | "networks" | "limitPerMinute">;

/** Until when, as sentences end. */
export function untilText(until: number): string {
  return `until ${minuteText(until)}`;
}
