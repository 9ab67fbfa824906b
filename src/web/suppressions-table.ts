import { aboutText } from "../model/finding/finding-subject.js";
import type { SuppressionRevision } from "../model/incident/suppression.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import { countOf, timeOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

/** Suppressions with what each hid; `root` is the relative way to `/`. */
export function suppressionsTable(caption: string, suppressions: readonly Suppression[], root: string): Markup {
  return tableOf(
    caption,
    ["State", "Until", "Cause", "About", "From networks", "By", "Why", "Findings hidden", "Suppression"],
    suppressions.map(({ id, now, state, hidden }) => [
      state,
      timeOf(now.statedUntil),
      now.cause.replaceAll("_", " "),
      aboutOf(now, root),
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

/** Whom or what a suppression is about: its key's name leads to the key, a network's to the network. */
export function aboutOf({ keyId, subject }: SuppressionRevision, root: string): Markup {
  const text = aboutText({ keyId, subject });
  if (subject?.kind === "network")
    return html`<a href="${root}networks/${encodeURIComponent(subject.network)}">${text}</a>`;
  return text === keyId ? html`<a href="${root}keys/${encodeURIComponent(keyId)}">${text}</a>` : html`${text}`;
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
