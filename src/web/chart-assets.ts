import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { FastifyPluginAsync } from "fastify";
import { ownFile } from "../own-files.js";
import { html, type Markup } from "./markup.js";

const packages = createRequire(ownFile("package.json"));
const textOf = (name: string) => readFileSync(packages.resolve(`uplot/dist/${name}`), "utf8");

/** Styles of charts, lanes and sparklines; margins as in charts.js. */
const STYLES = `
:root { --own: #1f66ad40; --unknown: #a4150b59; --actual: #1f66ad; --band: #1f66ad2e; --faint: #1f66ad66; --change: #7337a8; --ground-of-marks: #fff; }
@media screen and (prefers-color-scheme: dark) {
  :root { --own: #6fb3ff40; --unknown: #ff9b8f59; --actual: #6fb3ff; --band: #6fb3ff30; --faint: #6fb3ff66; --change: #d3a8ff; --ground-of-marks: #10141a; }
}
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; }
figure details { margin-top: .5rem; }
/* A chart that is as wide as the screen was, until it is redrawn, must not widen the page. */
.plot { min-height: 15rem; overflow: hidden; }
@media (scripting: none) { .plot { display: none; } }
.uplot, .uplot *, .uplot *::before, .uplot *::after { box-sizing: content-box; }
.uplot { font-family: inherit; }
.u-legend { width: auto; font-size: .8125rem; text-align: left; }
.u-legend th, .u-legend td { border: 0; padding: 1px 2px; }
.u-legend.u-inline.u-live th::after { content: ""; }
.u-legend .u-series:first-child th { display: none; }
.u-legend .u-series:first-child { min-width: 15rem; color: var(--calm); }
.range { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-start; margin: .75rem 0; }
.range > a { padding: .35rem .75rem; border: 1px solid var(--line); border-radius: .25rem; }
.range > a[aria-current] { background: var(--soft); border-color: var(--link); font-weight: 600; text-decoration: none; }
.range .note { flex: 1 1 100%; margin: 0; }
@media (scripting: none) { .range .note { display: none; } }
.range summary { padding: .35rem .75rem; }
.range details[open] { flex: 1 1 16rem; max-width: 34rem; }
.u-legend .u-value { font-variant-numeric: tabular-nums; }
.u-hz .u-cursor-x, .u-hz .u-cursor-y { border-color: var(--calm); }
.u-select { background: var(--band); }
ol.marks { padding-left: 2rem; }
.change { color: var(--change); font-weight: 600; }
ol.lanes { list-style: none; margin: 0; padding: 0; }
ol.lanes li { margin-top: .35rem; font-size: .875rem; overflow-wrap: anywhere; }
ol.lanes .new { color: var(--bad); font-weight: 600; }
svg.lane, svg.lane-days { display: block; margin-left: 56px; width: calc(100% - 78px); }
svg.lane { height: 1rem; background: var(--soft); }
svg.lane rect { fill: var(--actual); }
svg.lane rect.new { fill: var(--bad); }
svg.lane line { stroke: var(--bad); stroke-width: 1.5; }
svg.lane line.change { stroke: var(--change); stroke-dasharray: 2 3; }
svg.lane-days { height: 1.5rem; overflow: visible; }
svg.lane-days text { fill: var(--calm); font-size: .75rem; }
svg.spark { display: block; width: 7.5rem; height: 1.75rem; background: var(--soft); }
svg.spark path { fill: var(--actual); }
svg.spark.suspect path { fill: var(--bad); }
svg.spark path.strange { fill: var(--bad); }
svg.spark path.begun { opacity: .5; }
meter { width: 6rem; }
svg.flow { display: block; width: 100%; min-width: 6rem; height: 1rem; background: var(--soft); }
svg.flow .own { fill: var(--actual); }
svg.flow .strange { fill: var(--bad); }
.heat-grid { display: grid; grid-template-columns: 2.5rem 1fr; max-width: 60rem; gap: 0 .5rem; font-size: .75rem; color: var(--calm); }
.heat-grid svg { width: 100%; height: 10.5rem; background: var(--soft); overflow: visible; }
.heat-days, .heat-hours { display: grid; }
.heat-days { grid-auto-rows: 1fr; align-items: center; }
.heat-hours { grid-column: 2; grid-template-columns: repeat(4, 1fr); }
.heat-grid .usual { fill: var(--actual); }
.heat-grid .since { fill: var(--bad); }
${[0, 1, 2, 3, 4, 5, 6].map((shade) => `.heat-grid .shade-${shade} { fill-opacity: ${(0.04 + shade * 0.15).toFixed(2)}; }`).join("\n")}
.heat-grid .onset { fill: none; stroke: var(--ink); stroke-width: 2.5; }
`;

interface Asset {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** An asset under a name that says what is in it: another content has another name, so it may be kept for ever. */
function assetOf(stem: string, extension: "js" | "css", text: string): Asset {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const type = extension === "js" ? "text/javascript" : "text/css";
  return { name: `${stem}-${digest}.${extension}`, type: `${type}; charset=utf-8`, text };
}

const STYLE = assetOf("charts", "css", textOf("uPlot.min.css") + STYLES);
const UPLOT = assetOf("uplot", "js", textOf("uPlot.iife.min.js"));
const CHARTS = assetOf("charts", "js", readFileSync(ownFile("dist/src/web/charts.js"), "utf8"));

/** What a page with charts loads; `root` is the relative way to `/`. */
export function chartHead(root: string): Markup {
  return html`${sparkHead(root)}
    <script src="${root}assets/${UPLOT.name}" defer></script>
    <script src="${root}assets/${CHARTS.name}" defer></script>`;
}

/** What a page with nothing but sparklines and lanes loads. */
export function sparkHead(root: string): Markup {
  return html`<link rel="stylesheet" href="${root}assets/${STYLE.name}" />`;
}

/** Serves what charts load, to be kept for ever. */
export const chartAssetsRoute: FastifyPluginAsync = async (server) => {
  for (const { name, type, text } of [STYLE, UPLOT, CHARTS]) {
    server.get(`/assets/${name}`, async (_request, reply) =>
      reply
        .headers({ "cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff" })
        .type(type)
        .send(text),
    );
  }
};
