import { CARD_STYLES } from "./card-styles.js";

/** The one stylesheet: follows the reader's light or dark, prints names and figures, hides nothing on a narrow screen. */
export const STYLESHEET = `
:root { color-scheme: light dark; --ground: #fff; --ink: #14181d; --line: #c8ccd2; --soft: #f2f4f6; --link: #0b57a4; --bad: #a4150b; --calm: #5a6472; --usual: #5b88b8; --warn: #7a4b00; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: #10141a; --ink: #e8ecf1; --line: #3b4450; --soft: #1c222a; --link: #8ec1ff; --bad: #ff9b8f; --calm: #a9b4c2; --usual: #6f9fd0; --warn: #f0c060; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 84rem; margin: 0 auto; padding: .75rem 1rem; }
header { border-bottom: 1px solid var(--line); }
nav { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1rem; }
nav .brand { font-weight: 600; }
header [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; box-shadow: 0 .2rem var(--link); }
footer { color: var(--calm); font-size: .875rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; margin-top: 2rem; }
a { color: var(--link); }
:focus-visible, input:focus-within { outline: 3px solid var(--link); outline-offset: 2px; }
.scroll { overflow-x: auto; margin-top: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; padding: .3rem .5rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
th[aria-sort]::after { content: " \\2191"; }
th[aria-sort=descending]::after { content: " \\2193"; }
thead th { vertical-align: bottom; }
td.long { min-width: min(18rem, 50vw); }
td code, td.id { overflow-wrap: anywhere; }
td time { white-space: nowrap; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 1rem; }
thead :is(th, th.number) { white-space: normal; }
.whole { white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--calm); }
dd { margin: 0; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .25rem 2rem; align-items: start; }
pre { background: var(--soft); padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
button, a.button { font: inherit; padding: .35rem .75rem; cursor: pointer; border: 1px solid var(--link); border-radius: .25rem; background: var(--ground); color: var(--link); }
form button, a.button { background: var(--link); color: var(--ground); }
input, textarea, select { font: inherit; border: 1px solid var(--calm); border-radius: .25rem; background: var(--ground); color: var(--ink); padding: .35rem; width: 100%; max-width: 30rem; }
label { display: block; }
form p { margin: .5rem 0; }
.acts { display: flex; flex-wrap: wrap; gap: .75rem; align-items: flex-start; margin: 1rem 0 0; }
/* What can be done stays at hand while the evidence passes by; not while a form is open, or where the screen is low. */
@media screen and (min-height: 30rem) {
  .acts:not(:has(details[open])) { position: sticky; top: 0; z-index: 1; margin: 0; padding: .75rem 0; background: var(--ground); border-bottom: 1px solid var(--line); }
  html:has(.acts) { scroll-padding-top: 8rem; }
}
.parts { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0 0 1rem; padding: 0; list-style: none; }
.acts summary, .acts .act { list-style: none; padding: .5rem 1rem; font-weight: 600; border: 2px solid var(--link); border-radius: .25rem; color: var(--link); text-decoration: none; min-height: 2.75rem; }
.acts summary::-webkit-details-marker { display: none; }
.acts details { border: 0; }
.acts details[open] { flex: 1 0 100%; }
.acts details[open] > summary { display: inline-block; background: var(--soft); }
.acts .acknowledge > summary { background: var(--link); color: var(--ground); }
.acts details form { border-left: .25rem solid var(--line); margin-top: .5rem; }
.decide { padding-bottom: .5rem; }
.standing { margin: .25rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); gap: .75rem 1rem; margin: 1rem 0; }
.figures > div { border-left: .25rem solid var(--line); padding-left: .75rem; }
.figures dd { font-size: 1.375rem; line-height: 1.25; font-weight: 600; }
.figures dd.aside { font-size: .875rem; font-weight: 400; max-width: none; }
.next { max-width: 60rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
details { border: 1px solid var(--line); border-radius: .25rem; }
summary { padding: .5rem .75rem; font-weight: 600; cursor: pointer; }
details form { padding: 0 .75rem .5rem; }
[aria-invalid] { border: 2px solid var(--bad); }
.said { border-left: .25rem solid var(--link); background: var(--soft); padding: .5rem .75rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
form.search { position: relative; display: flex; flex: 1 1 16rem; gap: .25rem; margin: .25rem 0; max-width: 34rem; }
form.search input { flex: 1; min-width: 0; }
.suggestions { position: absolute; z-index: 1; top: 100%; left: 0; right: 0; max-height: 70vh; overflow-y: auto; background: var(--ground); border: 1px solid var(--calm); border-radius: .25rem; box-shadow: 0 .25rem 1rem #0004; }
.suggestions p { margin: .35rem .5rem; font-size: .875rem; color: var(--calm); }
.suggestions .title { padding: .35rem .5rem 0; font-size: .875rem; font-weight: 600; color: var(--calm); }
.suggestions [role=option] { padding: .3rem .5rem; cursor: pointer; overflow-wrap: anywhere; }
.suggestions [role=option]:hover { background: var(--soft); }
.suggestions [aria-selected=true] { background: var(--soft); outline: 2px solid var(--link); outline-offset: -2px; }
.take { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; margin-top: .5rem; }
.take details { border: 0; }
.take details[open] { flex: 1 0 100%; }
.take summary { padding: 0; font-weight: 400; color: var(--link); }
.note { color: var(--calm); font-size: .875rem; }
ul.found { padding-left: 1.25rem; }
ul.found li { overflow-wrap: anywhere; margin: .25rem 0; }
.filter { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 0 1rem; align-items: end; }
.filter input, .filter select { height: 2.375rem; }
ul.chips { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: .75rem 0 0; padding: 0; }
ul.chips a { display: block; padding: .15rem .75rem; border: 1px solid var(--link); border-radius: 1rem; background: var(--soft); text-decoration: none; overflow-wrap: anywhere; }
.sentence { min-width: min(18rem, 50vw); overflow-wrap: anywhere; }
.wraps { white-space: normal; overflow-wrap: anywhere; }
.aside { color: var(--calm); font-size: .875rem; white-space: normal; max-width: 18rem; overflow-wrap: anywhere; }
.critical, .error { color: var(--bad); font-weight: 600; }
.severity { display: inline-block; padding: 0 .6rem; border: 1px solid currentColor; border-radius: 1rem; color: var(--calm); font-size: .875rem; font-weight: 400; white-space: nowrap; }
.severity.warning { color: var(--warn); font-weight: 600; }
.severity.error { color: var(--bad); font-weight: 600; border-width: 2px; }
.severity.critical { color: var(--ground); background: var(--bad); border-color: var(--bad); font-weight: 600; }
.copy { font-size: .8125rem; padding: 0 .5rem; min-height: 1.5rem; }
.hours { width: 100%; height: 10rem; display: block; background: var(--soft); }
.hours .own { fill: var(--usual); }
.hours .strange { fill: var(--bad); }
@media (max-width: 40rem) { dl { grid-template-columns: 7rem 1fr; } }
${CARD_STYLES}`;

/**
 * The one script: copies the query of a page, and takes a token out of the link that a terminal showed: what follows # no browser sends. Without it both
 * are done by hand.
 */
export const SCRIPT = `
const token = document.getElementById("token");
const takeToken = () => {
  if (location.hash.length < 2) return;
  token.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
  token.form.querySelector("button").focus();
};
if (token !== null) {
  addEventListener("hashchange", takeToken);
  takeToken();
}
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    // Browsers give the clipboard to pages over TLS and of this machine only.
    if (navigator.clipboard === undefined) {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected: press Ctrl+C";
      return;
    }
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  });
}
`;

/** The mark of a load line, for the tab: a circle and a line through it. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke="#2f7dd1" stroke-width="3.5"><circle cx="16" cy="16" r="9"/><path d="M1 16h30"/></g></svg>`;
