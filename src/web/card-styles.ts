/** Rows of some tables as cards: nothing is to the right of the screen, and every value says its column. */
const cardsOf = (table: string): string => `
  ${table}, ${table} :is(caption, thead, tbody, th, td) { display: block; }
  ${table} thead:not(.sorts) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  ${table} thead.sorts tr { display: flex; flex-wrap: wrap; gap: 0 1rem; }
  ${table} tbody tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .35rem 1rem; border-top: 2px solid var(--line); padding: .5rem 0; }
  ${table} thead.sorts th, ${table} td { border: 0; padding: 0; }
  ${table} :is(td, td.number) { padding: 0; text-align: left; white-space: normal; min-width: 0; overflow-wrap: anywhere; }
  ${table} :is(td:first-child, td.long, td:has(.sentence)) { grid-column: 1 / -1; }
  ${table} td::before { content: attr(data-head); display: block; color: var(--calm); font-size: .8125rem; }
  ${table} td:first-child { font-weight: 600; }
  ${table} td:first-child::before, ${table} td:empty { display: none; }
  ${table} :is(.sentence, td.long) { min-width: 0; }`;

/** So many rows fill a screen. */
const LONG_BODY = "tbody > tr:nth-child(15)";
/** A list of that length, on a view where nothing else stays at the top. */
const LONG = `main:not(:has(> .acts)) .scroll:has(${LONG_BODY})`;

/** Tables of many columns become cards on a tablet, all others on a phone; on paper none do, and nothing is there that can be pressed. */
export const CARD_STYLES = `
@media screen and (max-width: 64rem) {${cardsOf("table.many")}
}
@media screen and (max-width: 40rem) {${cardsOf("table:not(.u-legend)")}
  /* The column before the value, not above it: a list is half as long. */
  table:not(.u-legend) td:not(:has(time, div, svg, meter))::before { display: inline; margin-right: .35rem; }
  table:not(.u-legend) tbody tr { gap: .1rem 1rem; }
  .figures { grid-template-columns: repeat(2, 1fr); }
  .acts { gap: .25rem; }
  .acts :is(summary, .act) { min-height: 2.25rem; padding: .35rem .25rem; font-size: .8125rem; }
  .acts:not(:has(details[open])) { padding: .4rem 0; }
  /* Sentences need the width of the screen. */
  .evidence dl { grid-template-columns: 1fr; gap: 0; }
  .evidence dt { margin-top: .5rem; font-size: .875rem; }
}
/* The names of columns stay while a long list passes by; no table is wider than such a screen. */
@media screen and (min-width: 64.01rem) {
  ${LONG} { overflow: visible; }
  ${LONG} thead th { position: sticky; top: 0; background: var(--ground); box-shadow: inset 0 -1px var(--line); }
  html:not(:has(.acts)):has(.scroll ${LONG_BODY}) { scroll-padding-top: 4rem; }
}
@media print {
  :root { color-scheme: light; }
  header nav > :not(.brand), .acts, .chips, .parts, .range, .take, .uplot .u-legend, form, button, input, select, textarea, details:not([open]) { display: none !important; }
  .scroll { overflow: visible; }
  .severity.critical { background: none; color: var(--bad); }
  table.many { font-size: .75rem; }
  table.many :is(th, td, td time, .sentence) { min-width: 0; white-space: normal; }
  table.many :is(.aside, .note) { font-size: .7rem; }
  table.many td :is(a, .aside, .sentence) { overflow-wrap: anywhere; }
  table.many td :is(a[href*="owners/"], a[href*="networks/AS"]) { overflow-wrap: break-word; }
  table.many td.number { white-space: nowrap; }
  tr, figure { break-inside: avoid; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; scroll-behavior: auto !important; } }
`;
