import type { KeyDigest } from "./digest.js";
import { falseRate, outcomes, recalls, thresholdForBudget } from "./metrics.js";
import { DELAYS } from "./protocol.js";

/** Recall against false pages, one point per threshold. */
export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly isOurs: boolean;
  readonly points: readonly { readonly falsePer1000: number; readonly recall: number }[];
}

const WIDTH = 860;
const HEIGHT = 480;
const FRAME = { left: 64, right: 616, top: 54, bottom: 400 };
/** Least and most false pages per 1,000 key-days that are drawn: the axis is logarithmic. */
const SPAN = { from: 0.1, to: 1000 } as const;
const BUDGETS = Array.from({ length: 41 }, (_, i) => SPAN.from * 10 ** (i / 10));
const SIX_HOURS = DELAYS.indexOf(360);
const INK = "#5b5b5b";
const GRID = "#d9d4c8";
const MARK = "#c0392b";

/** The curve of detector number `index`: at each budget the best threshold that keeps to it on these very keys. */
export function curveOf(keys: readonly KeyDigest[], index: number, look: Omit<Curve, "points">): Curve {
  const points = BUDGETS.map((budget) => {
    const keyOutcomes = outcomes(keys, index, thresholdForBudget(keys, index, budget));
    const attacks = keyOutcomes.flatMap((key) => key.attacks);
    return { falsePer1000: falseRate(keyOutcomes), recall: recalls(attacks)[SIX_HOURS]! };
  });
  return { ...look, points: points.filter(({ falsePer1000 }) => falsePer1000 >= SPAN.from) };
}

/** A shipped setting on a curve. */
export interface Mark {
  readonly name: string;
  readonly falsePer1000: number;
  readonly recall: number;
}

/** Draws curves as SVG: recall within six hours over false pages per 1,000 key-days, with marks at what is shipped. */
export function plotCurves(curves: readonly Curve[], marks: readonly Mark[], caption: string): string {
  const title = "Share of attacks found within 6 hours, against false pages per 1,000 key-days";
  const labels = spreadLabels(curves.map((curve) => y(curve.points.at(-1)?.recall ?? 0)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escapeText(title)}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#fbfaf7"/>`,
    text(FRAME.left, 28, title, 'font-weight="600" fill="#2b2b2b"'),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      line(FRAME.left, y(share), FRAME.right, y(share)),
      text(FRAME.left - 8, y(share) + 4, `${share * 100} %`, `text-anchor="end" fill="${INK}"`),
    ]),
    ...[0.1, 1, 10, 100, 1000].flatMap((pages) => [
      line(x(pages), FRAME.top, x(pages), FRAME.bottom),
      text(x(pages), FRAME.bottom + 20, pages.toLocaleString("en-US"), `text-anchor="middle" fill="${INK}"`),
    ]),
    text(
      (FRAME.left + FRAME.right) / 2,
      FRAME.bottom + 42,
      "false pages per 1,000 key-days",
      `text-anchor="middle" fill="${INK}"`,
    ),
    ...curves.map(drawCurve),
    ...marks.flatMap(({ name, falsePer1000, recall }) => [
      `<circle cx="${x(falsePer1000).toFixed(1)}" cy="${y(recall).toFixed(1)}" r="5" fill="${MARK}"/>`,
      text(x(falsePer1000) + 4, y(recall) - 10, name, `text-anchor="middle" fill="${MARK}"`),
    ]),
    ...curves.map((curve, i) =>
      text(
        FRAME.right + 10,
        labels[i]! + 4,
        curve.name,
        `fill="${curve.colour}"${curve.isOurs ? ' font-weight="600"' : ""}`,
      ),
    ),
    text(FRAME.left, HEIGHT - 8, caption, `font-size="11" fill="${INK}"`),
    "</svg>",
    "",
  ].join("\n");
}

function drawCurve({ points, colour, isOurs }: Curve): string {
  const path = points.map(({ falsePer1000, recall }, i) => {
    return `${i === 0 ? "M" : "L"}${x(falsePer1000).toFixed(1)} ${y(recall).toFixed(1)}`;
  });
  // A curve that has run out of alarms goes on at its height, to its name.
  const end = points.length === 0 ? "" : `H${FRAME.right}`;
  return `<path d="${path.join("")}${end}" fill="none" stroke="${colour}" stroke-width="${isOurs ? 3 : 1.6}" stroke-linejoin="round"/>`;
}

/** Heights for labels that want to be at these, at least a line apart. */
function spreadLabels(wanted: readonly number[]): number[] {
  const LINE = 16;
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]!);
  const placed = [...wanted];
  for (let k = 1; k < order.length; k += 1) {
    placed[order[k]!] = Math.max(placed[order[k]!]!, placed[order[k - 1]!]! + LINE);
  }
  const over = Math.max(0, (placed[order.at(-1) ?? 0] ?? 0) - FRAME.bottom);
  return placed.map((at) => at - over);
}

function x(falsePer1000: number): number {
  const share = Math.log(falsePer1000 / SPAN.from) / Math.log(SPAN.to / SPAN.from);
  return FRAME.left + Math.min(1, Math.max(0, share)) * (FRAME.right - FRAME.left);
}

function y(recall: number): number {
  return FRAME.bottom - recall * (FRAME.bottom - FRAME.top);
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1.toFixed(1)}" x2="${x2.toFixed(1)}" y1="${y1.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${GRID}" stroke-width="1"/>`;
}

function text(at: number, height: number, words: string, attributes: string): string {
  return `<text x="${at.toFixed(1)}" y="${height.toFixed(1)}" ${attributes}>${escapeText(words)}</text>`;
}

function escapeText(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
