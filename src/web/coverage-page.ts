import { countedText } from "../text/amounts.js";
import type { LaneDepth } from "../store/ingest/buffer-depth.js";
import { AUDIT_DAYS, budgetText } from "../pipeline/view/kept-budget.js";
import { CARD_TIMES } from "../pipeline/view/fleet-card.js";
import { COVERAGE_DAYS, type CoverageReport } from "../pipeline/view/read-coverage.js";
import { countOf, factsOf, timeOf, pageOf, tableOf } from "./layout.js";
import { html, type Markup, type Piece } from "./markup.js";
import { severityBadge } from "./severity-badge.js";

/** Rows of a table on this page. */
const MOST_ROWS = 50;
const MINUTE_MS = 60_000;

/** The page `/coverage` at an instant (epoch ms): what Plimsoll does not see, does not evaluate and cannot tell. */
export function coveragePage(report: CoverageReport, now: number): string {
  const { facts, problems, unevaluated, failed } = report;
  const minutes = unevaluated.reduce((sum, { from, until }) => sum + (until - from) / MINUTE_MS, 0);
  const body = html`${
      problems.length === 0
        ? html`<p>${wellness(report)}</p>`
        : tableOf(
            "Problems",
            ["Severity", "Problem", "Since", "Next steps"],
            problems.map((one) => [severityBadge(one.severity), one.summary, timeOf(one.since), one.whatToDo]),
          )
    }
    ${factsOf(factsNow(report, now))}
    ${tableOf(
      "Sources reporting",
      ["Source", "Received until", "Behind", "Last written", "Longest gap in a week", "Minutes received"],
      facts.sources.map((one) => [
        one.source,
        timeOf(one.observedUntil),
        spell(now - one.observedUntil),
        timeOf(one.ingestedAt),
        spell(one.longestGapMs),
        countOf(one.minutes),
      ]),
    )}
    ${unplaced(report)}
    ${tableOf(
      `Not evaluated in ${COVERAGE_DAYS} days${minutes === 0 ? "" : `: ${countedText(minutes, "minute")}`}`,
      ["From", "Until", "Minutes", "Reason"],
      unevaluated
        .slice(0, MOST_ROWS)
        .map((one) => [timeOf(one.from), timeOf(one.until), countOf((one.until - one.from) / MINUTE_MS), one.reason]),
    )}
    ${more(unevaluated.length)}
    ${tableOf(
      `Pages that could not be delivered in ${COVERAGE_DAYS} days`,
      ["At", "Answer", "Problem", "Incident"],
      failed.map((one) => [
        timeOf(one.at),
        one.status === 0 ? "none" : String(one.status),
        one.problem,
        html`<a href="incidents/${encodeURIComponent(one.incidentId)}">${one.incidentId}</a>`,
      ]),
    )}
    ${detectability(report)}
    <h2>False alarms: target and actual</h2>
    ${factsOf(auditFacts(report))}`;
  return pageOf("Coverage", "./", body);
}

/** What is said where no problem is known: that all is well only if it was all looked at. */
function wellness({ state, waiting }: CoverageReport): string {
  if (waiting === null) return "Redis does not answer: it is unknown whether events are waiting.";
  if (state.checks !== null) return `No key is being watched: ${state.checks.text}.`;
  return "No known problems.";
}

/** Said of a source from which so much comes without an address that its keys' networks are as good as unseen. */
const MOSTLY = 0.5;

function unplaced({ unplaced: sources }: CoverageReport): Markup | null {
  if (sources.length === 0) return null;
  return tableOf(
    "Events without a usable source address in 24 hours",
    ["Source", "Events", "Without an address", "Share", ""],
    sources.map(({ source, events, withoutAddress }) => [
      source,
      countOf(events),
      countOf(withoutAddress),
      `${((100 * withoutAddress) / events).toFixed(1)} %`,
      withoutAddress / events >= MOSTLY
        ? html`<span class="warning">Networks cannot be judged: send the client's address alone in source_ip</span>`
        : "",
    ]),
  );
}

function factsNow({ facts, state, waiting }: CoverageReport, now: number): (readonly [string, Piece])[] {
  const { checks, delivery, canPage } = facts;
  const { depth } = waiting ?? { depth: null };
  return [
    [
      "Checked until",
      checks === null
        ? "no check yet"
        : html`${timeOf(checks.checkedUntil)}, ${spell(now - checks.checkedUntil)}
          behind${state.checks?.reason === "no_source_reporting" && state.evaluatedUntil !== null ? html`; nothing to evaluate since ${timeOf(state.evaluatedUntil)}` : null}`,
    ],
    ["Checks", state.checks?.text ?? "up to date"],
    ["Baselines", state.learning?.text ?? "up to date"],
    [
      "Events waiting",
      depth === null ? html`<span class="error">unknown: Redis does not answer</span>` : waitingIn(depth.live, now),
    ],
    ["Events from before yesterday waiting", depth === null ? "unknown" : waitingIn(depth.backfill, now)],
    ["Redis", waiting === null ? "does not answer" : memoryOf(waiting.memory)],
    [
      "Pages waiting",
      `${countOf(delivery.waiting)}${delivery.oldestAt === null ? "" : `, the oldest for ${spell(now - delivery.oldestAt)}`}${canPage ? "" : "; no routing key is configured (PAGERDUTY_ROUTING_KEY)"}`,
    ],
    ["Refused or abandoned in a day", countOf(delivery.failed)],
    ...facts.copies.map(
      (copies) =>
        [
          `Destination ${copies.destination}`,
          `${countOf(copies.waiting)} waiting, ${countOf(copies.failed)} refused or abandoned in a day`,
        ] as const,
    ),
    ...facts.guards.map(
      (calls) =>
        [
          `Guard ${calls.guard}`,
          `${countOf(calls.waiting)} calls waiting${calls.oldestAt === null ? "" : `, the oldest for ${spell(now - calls.oldestAt)}`}, ${countOf(calls.failed)} refused in a day`,
        ] as const,
    ),
  ];
}

function waitingIn({ rows, blocks, oldestAt }: LaneDepth, now: number): string {
  const age = oldestAt === null ? "" : `, the oldest for ${spell(now - oldestAt)}`;
  return `${countOf(rows)} in ${countOf(blocks)} sealed blocks${age}`;
}

function memoryOf({ usedBytes, maxBytes }: { readonly usedBytes: number; readonly maxBytes: number }): string {
  const used = `${countOf(Math.round(usedBytes / 2 ** 20))} MB used`;
  return maxBytes === 0 ? `${used}, no limit` : `${used} of ${countOf(Math.round(maxBytes / 2 ** 20))} MB`;
}

function detectability({ card }: CoverageReport): Markup {
  const share = (count: number) => `${countOf(count)} of ${countOf(card.keys)}`;
  return html`${tableOf(
      "Keys whose theft is paged in time",
      ["From", "Within 15 minutes", "Within 1 hour", "Within 24 hours"],
      card.keys === 0
        ? []
        : [
            ["a network that is new for the key", ...CARD_TIMES.map((time) => share(card.throughForeignNetwork[time]))],
            [
              "a network that it already uses, with a new program",
              ...CARD_TIMES.map((time) => share(card.throughUnknownProgram[time])),
            ],
            [
              "there, with a program that it already uses",
              ...CARD_TIMES.map((time) => share(card.throughKnownNetwork[time])),
            ],
          ],
    )}
    <p>
      For an attacker who stays within the limit, and the most expensive keys of the last day (${countOf(card.keys)}).
      Without a baseline yet: ${countOf(card.unlearned)}. Without a limit: ${countOf(card.unlimited)}. Under suspicion,
      so their traffic is not learned: ${countOf(card.suspect)}. For a key with allowed networks, the new network is an
      allowed one. Thresholds of each key:
      <code>plimsoll keys show</code>.
    </p>`;
}

function auditFacts({ audit }: CoverageReport): (readonly [string, Piece])[] {
  const { pages, notices } = audit;
  const isMute = pages.leaks + pages.benign === 0 && pages.sent > 0;
  return [
    ["False pages", budgetText(pages, audit)],
    ["False notices", budgetText(notices, audit)],
    ...(isMute ? [["To judge them", "resolve or suppress each incident"] as const] : []),
    ["Counted over", `${AUDIT_DAYS} days, incidents about leaks of keys, groups and networks`],
  ];
}

function more(count: number): Markup | null {
  return count > MOST_ROWS
    ? html`<p>
        The newest ${countOf(MOST_ROWS)} of ${countOf(count)} spans are shown; the SQL view checks has all of them.
      </p>`
    : null;
}

function spell(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
