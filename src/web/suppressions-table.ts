import { subjectOf } from "../model/finding/finding-subject.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import { countOf, timeOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

/** Suppressions with what each hid; `root` is the relative way to `/`. */
export function suppressionsTable(caption: string, suppressions: readonly Suppression[], root: string): Markup {
  return tableOf(
    caption,
    ["State", "Until", "Cause", "Key", "From networks", "By", "Why", "Findings hidden", "Suppression"],
    suppressions.map(({ id, now, state, hidden }) => [
      state,
      timeOf(now.statedUntil),
      now.cause.replaceAll("_", " "),
      now.keyId === null
        ? decodeURIComponent(subjectOf(now))
        : html`<a href="${root}keys/${encodeURIComponent(now.keyId)}">${now.keyId}</a>`,
      networksText(now.networks),
      now.actor,
      now.note,
      countOf(hidden),
      html`<a href="${root}suppressions/${encodeURIComponent(id)}"
        >${state === "active" ? "change or withdraw" : "show"}</a
      >`,
    ]),
  );
}

/** From where what is suppressed may come. */
export function networksText(networks: readonly string[]): string {
  return networks.join(", ") || "not about networks";
}

/** What takes the place of `--yes` where the networks that were typed are wide. */
export function sureBox(isWide: boolean): Markup | null {
  if (!isWide) return null;
  return html`<p>
    <label
      ><input type="checkbox" name="sure" value="yes" /> These networks are wide, as explained above; suppress all of
      them</label
    >
  </p>`;
}
