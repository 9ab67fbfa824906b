import { callersText } from "../pipeline/view/callers-of-key.js";
import { exploringText } from "../pipeline/view/exploring-text.js";
import { countedText } from "../text/amounts.js";
import type { KeyStanding } from "../model/key/key-state.js";
import { newNetworkText, type KeyCard } from "../pipeline/view/key-card.js";
import { foundingText } from "../pipeline/view/key-founding.js";
import { warmUpText } from "../pipeline/view/warm-up.js";
import { countOf, timeOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const TIMES = [
  ["15m", "15 minutes"],
  ["1h", "an hour"],
  ["24h", "24 hours"],
] as const;

/** What could be taken from a key without a page: the smallest steady theft that is found, by way in and time. */
export function detectability(keyCard: KeyCard, { suspectUntil }: KeyStanding): Markup {
  const { baselineDay, daysOfHistory, card, noticed, rules, attacker, founding, isConfined, callers } = keyCard;
  const heads = [
    "Within",
    `From ${newNetworkText(isConfined)}`,
    "From a network that it already uses, with a new program",
    "From there with a program that it already uses",
  ];
  const rows = (one: KeyCard["card"]) =>
    TIMES.map(([time, name]) => [
      name,
      cell(one.throughForeignNetwork[time]),
      cell(one.throughUnknownProgram[time]),
      cell(one.throughKnownNetwork[time]),
    ]);
  const warmUp = warmUpText(keyCard);
  const cell = (found: KeyCard["card"]["throughKnownNetwork"]["1h"]) =>
    found === null
      ? html`<span class="error">at no rate up to the limit</span>`
      : `${countOf(found.requestsPerMinute)} requests/min${found.usdPerDay === null ? "" : `, $${found.usdPerDay.toFixed(2)} a day`}`;
  const from =
    baselineDay === null
      ? "The key has no baseline yet: only fleet-wide statistics apply."
      : `Based on the baseline of ${baselineDay} and ${countedText(daysOfHistory, "day")} of history.`;
  return html`<h2>Blind spots</h2>
    <p>${attacker}</p>
    ${founding === null ? null : html`<p>The key's first 48 hours, ${foundingText(founding)}.</p>`}
    ${warmUp === null ? null : html`<p>Warming up: ${warmUp}.</p>`}
    ${tableOf(
      "Smallest steady misuse that pages on-call, at the key's usual price and on its usual routes",
      heads,
      rows(card),
    )}
    ${noticed === null ? null : tableOf("Smallest steady misuse that raises a notice", heads, rows(noticed))}
    <p>${exploringText(card.exploring)}</p>
    ${callers === null ? null : html`<p>On the owner's host with its client: ${callersText(callers)}.</p>`}
    ${rules.length === 0 ? null : html`<p>Regardless of its baseline: ${rules.join("; ")}.</p>`}
    <p>
      ${from}
      ${suspectUntil === null ? null : html`Until ${timeOf(suspectUntil)} it is under suspicion, so its traffic is not learned.`}
    </p>`;
}
