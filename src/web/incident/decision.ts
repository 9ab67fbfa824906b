import type { Finding } from "../../model/finding/finding.js";
import type { Incident } from "../../model/incident/incident.js";
import { keyName, type KeyVersion } from "../../model/key/key.js";
import { runningAt } from "../../page/compose/activity-text.js";
import { confidenceWords } from "../../page/compose/confidence-words.js";
import { costFigures } from "../../page/compose/cost-figures.js";
import { uncheckedText } from "../../pipeline/view/key-state-text.js";
import { stateOf } from "../../pipeline/incident/read-incidents.js";
import { MINUTE_MS } from "../../time/day.js";
import { clockText } from "../../text/clock-text.js";
import { ageText } from "../age-text.js";
import { figuresOf, type Figure } from "../figures.js";
import { dollarsOf, timeOf } from "../layout.js";
import { ownerWay } from "../find/ways.js";
import { html, type Markup, type Piece } from "../markup.js";
import { severityBadge } from "../severity-badge.js";

/** What the decision is about, as of an instant (epoch ms). */
export interface DecisionView {
  readonly incident: Incident;
  /** The newest finding; null where there is none. */
  readonly finding: Finding | null;
  readonly registry: ReadonlyMap<string, KeyVersion>;
  readonly now: number;
  /** As in readLateChecks: until when minutes were evaluated, where that is not up to date. */
  readonly checkedUntil: number | null | undefined;
  /** What pages say of it, of which next steps and confidence stand here. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** Keys by name that a line has room for. */
const NAMED_KEYS = 5;

/** What the view opens with after its sentence: whose it is, what it costs, how sure that is, since when, and what comes next. */
export function decisionFigures(view: DecisionView): Markup {
  const { incident, finding, now, details } = view;
  const figures: readonly Figure[] = [
    ...(finding === null ? [] : costOfIt(finding, now)),
    ...(finding === null ? [] : [["Confidence", confidenceWords(finding), textOf(details["confidence"])] as const]),
    ["Since", timeOf(finding?.onset ?? incident.onsetAt), ageText(now - (finding?.onset ?? incident.onsetAt))],
    ...(finding === null ? [] : goingOn(finding, view)),
  ];
  const next = textOf(details["next_steps"]);
  return html`<p class="standing">${severityBadge(incident.severity)} ${stateText(incident)}. ${whose(view, "../")}</p>
    ${figuresOf(figures)} ${next === "" ? null : html`<p class="next">${next}</p>`}`;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function stateText(incident: Incident): string {
  const { cause, acknowledgedBy, open, verdict } = incident;
  const by = open && acknowledgedBy !== null ? ` by ${acknowledgedBy}` : "";
  return `${cause.replaceAll("_", " ")}, ${stateOf(incident)}${by}${verdict === null ? "" : `, judged: ${verdict}`}`;
}

/** The keys with their owners: whom to ask, and whose service stops with them; `root` leads to `/`. */
export function whose({ incident, registry }: Pick<DecisionView, "incident" | "registry">, root: string): Piece {
  const keyIds = incident.keys.length > 0 ? incident.keys : [incident.keyId].filter((keyId) => keyId !== null);
  const left = keyIds.length - NAMED_KEYS;
  return [
    ...keyIds.slice(0, NAMED_KEYS).map((keyId, i) => {
      const key = registry.get(keyId) ?? null;
      const service = [key?.service, key?.environment].filter(Boolean).join(", ");
      return html`${i === 0 ? "Key " : "; "}<a href="${root}keys/${encodeURIComponent(keyId)}">${keyName(key, keyId)}</a
        >${service === "" ? "" : ` (${service})`},
        ${key === null ? "not registered" : key.owner === "" ? "no owner on record" : html`owner <a href="${root}${ownerWay(key.owner)}">${key.owner}</a>`}`;
    }),
    left > 0 ? html`; and ${left} more` : null,
  ];
}

function costOfIt(finding: Finding, now: number): readonly Figure[] {
  const costs = costFigures(finding);
  if (costs === null) return [["Cost so far", "unknown", "no request has a price"]];
  const until = `beyond what was expected, until ${clockText(finding.tick, finding.tick)}`;
  const soFar = ["Cost so far", dollarsOf(costs.soFarMicros), until] as const;
  if (costs.state === "over") return [soFar, ["Per hour", dollarsOf(0), `was ${dollarsOf(costs.perHourMicros)}`]];
  const lastAt = runningAt(finding, now);
  const isRunning = costs.state !== "paused" && lastAt !== null && isFresh(lastAt, now);
  const pace = isRunning ? "at its present pace" : "the pace that it had when last found";
  return [soFar, ["Per hour", dollarsOf(costs.perHourMicros), pace]];
}

/** A minute's requests are judged two or three minutes later: of who was not seen for longer nobody can say that it goes on. */
const FRESH_MS = 5 * MINUTE_MS;
const isFresh = (lastAt: number, now: number) => now - lastAt <= FRESH_MS;

/** Whether it is still running: what ended costs no more, and can wait for the morning. */
function goingOn(finding: Finding, { incident: { open }, now, checkedUntil }: DecisionView): readonly Figure[] {
  const last = runningAt(finding, now);
  if (last !== null && isFresh(last, now)) return [["Still going", "yes", `last seen ${clockText(last, now)}`]];
  if (open && checkedUntil !== undefined) {
    const since = `${uncheckedText(checkedUntil)}, last found ${clockText(finding.tick, now)}`;
    return [["Still going", "not known", since]];
  }
  if (last !== null) return [["Still going", "not known", `not seen since ${clockText(last, now)}`]];
  return [["Still going", open ? "not seen lately" : "no", `last found ${clockText(finding.tick, now)}`]];
}
