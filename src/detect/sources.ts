import type { Signal } from "../model/finding/finding.js";
import type { FirstDays } from "../model/key/founding.js";
import { newToText } from "./first-days-text.js";
import { NOVELTY_LEVELS, type NoveltyLevel } from "../model/finding/novelty.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import type { Evidence } from "./evidence.js";
import { countText, requestsText } from "../text/amounts.js";

const LEVEL_TEXTS: Readonly<Record<NoveltyLevel, string>> = {
  asn_hosting: "a hosting or VPN network never seen for",
  asn_isp: "a home or business network never seen for",
  asn_cloud: "a cloud network never seen for",
  net16: "a network range never seen for",
  net24: "a subnet never seen for",
  ip: "addresses never seen for",
  outside_allowed: "outside the key's allowed networks",
  route: "a route never seen for",
  client: "a program never seen for",
};

function levelText(level: NoveltyLevel, firstDays: FirstDays | null): string {
  const text = LEVEL_TEXTS[level];
  return text.endsWith(" for") ? `${text} ${newToText(firstDays)}` : text;
}

/** Signal `sources`: traffic from networks never seen for this key, in addition to (not instead of) its usual traffic. */
export function judgeSources({ tick, result, share }: Evidence): Signal | null {
  const { level } = result.surprises[result.window]!;
  if (level === null || share.sources <= 0) return null;
  const novel = tick.novel.requests[level]![result.window]!;
  const usual = tick.expectation?.requests[result.window];
  const against =
    usual === undefined ? "" : `; all sources of this key together usually make about ${countText(usual)} in that time`;
  return {
    name: "sources",
    score: share.sources,
    summary: `${requestsText(novel)} in the last ${WINDOW_NAMES[result.window]} from ${levelText(NOVELTY_LEVELS[level]!, tick.novel.firstDays)}${against}`,
  };
}
