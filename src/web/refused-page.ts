import { pageOf } from "./layout.js";
import { html } from "./markup.js";
import type { FormRefusal } from "./own-form.js";

/** Why a form is not taken. */
export type Refusal = FormRefusal | "may only look" | "no act";

const REFUSALS: Readonly<Record<Refusal, string>> = {
  "another site":
    "Your browser does not confirm that this form came from this dashboard. If a proxy serves it under another name, set PLIMSOLL_BASE_URL to that name.",
  "no origin":
    "This request says neither by the header Origin nor by Sec-Fetch-Site from which page it came. Browsers send one of them: a program must send Origin with the address of this dashboard, and a proxy must pass it on.",
  "field twice":
    "This form contains a field more than once, and nothing says which value was meant: send each field once.",
  "may only look":
    "Your sign-in can only read. Acting requires an admin token (PLIMSOLL_ADMIN_TOKENS), or one of the groups of PLIMSOLL_OIDC_ACT_GROUPS.",
  "stale form":
    "This form does not belong to your session, or the session has ended. Open its page again, and submit the form from there.",
  "no act": "This form does not contain an action.",
};

/** The HTTP status of a form that is not taken. */
export const refusedStatus = (why: Refusal): 400 | 403 => (why === "no act" || why === "field twice" ? 400 : 403);

/** What is said of a form that is not taken; `way` leads back to what it was about, `root` to `/`. */
export function refusedPage(why: Refusal, way: string, what: "incident" | "suppression", root = "../"): string {
  const body = html`<p class="error" role="alert">${REFUSALS[why]}</p>
    <p><a href="${way}">Back to the ${what}</a></p>`;
  return pageOf("Nothing changed", root, body);
}
