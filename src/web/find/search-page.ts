import type { SearchAnswer } from "../../pipeline/view/search.js";
import { pageOf } from "../layout.js";
import { html } from "../markup.js";
import { queryOf } from "./asked.js";
import { groupsOf, sayingOf } from "./found-groups.js";

/**
 * The page `/search`: what was found, group by group. What was looked for is repeated only where it was found, that is where it is on record: a secret
 * whose shape nobody knows is not.
 */
export function searchPage(answer: SearchAnswer, text: string, isInAddress: boolean): string {
  const groups = groupsOf(answer);
  const said = sayingOf(answer);
  const isSecret = answer.kind === "secret" || answer.kind === "raw key";
  const isShown = groups.length > 0 && !isSecret;
  const body = html`${said === "" ? null : html`<p role="status">${said}</p>`}
  ${
    isSecret && isInAddress
      ? html`<p class="error" role="alert">
          It stands in the address of this page, and so in the history of this browser and the logs of proxies: treat it
          as leaked. The search box of these pages sends none of it in an address.
        </p>`
      : null
  }
  ${groups.map(
    ({ title, links }) =>
      html`<h2>${title}</h2>
        <ul class="found">
          ${links.map(({ way, text: name, note }) => html`<li><a href="${way}">${name}</a> <span class="note">${note}</span></li>`)}
        </ul>`,
  )}
  ${isShown && !isInAddress ? html`<p><a href="search${queryOf({ q: text })}">Link to this search</a></p>` : null}`;
  return pageOf(isShown ? `Search: ${text}` : "Search", "./", body);
}
