import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import type { FormRefusal } from "./own-form.js";

/** Why a form is not taken. */
export type Refusal = FormRefusal | "may only look" | "no act";

const REFUSALS: Readonly<Record<Refusal, string>> = {
  "another site":
    "Your browser does not say that this form came from a page of this Plimsoll. Where a proxy serves it under another name, set PLIMSOLL_BASE_URL to that.",
  "may only look": "Your token is for reading. Acting takes an admin token (PLIMSOLL_ADMIN_TOKENS).",
  "stale form":
    "This form is not of your session, or that has ended meanwhile. Open its page again, and send the form from there.",
  "no act": "This form does not say what to do.",
};

/** What is said of a form that is not taken; `way` leads back to what it was about. */
export function refusedPage(why: Refusal, way: string, what: "incident" | "suppression"): string {
  const body = html`<p class="error" role="alert">${REFUSALS[why]}</p>
    <p><a href="${way}">Back to the ${what}</a></p>`;
  return pageOf("Nothing was done", "../", body);
}
