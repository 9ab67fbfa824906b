import { summaryText } from "../model/finding/headline.js";
import { LONGEST_NOTE } from "../model/incident/person-text.js";
import type { Suppression } from "../pipeline/incident/read-suppressions.js";
import { countOf, factsOf, timeOf, pageOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { nameField } from "./name-field.js";
import { whyOnlyLooks } from "./person-name.js";
import { FORM_TOKEN } from "./own-form.js";
import type { SuppressionForm } from "./parse-suppression.js";
import type { Session } from "./session.js";
import { aboutOf, networksText, sureBox, suppressionsTable } from "./suppressions-table.js";

/** The page `/suppressions`: what people said is legitimate, and what each hid. */
export function suppressionsPage(suppressions: readonly Suppression[]): string {
  const active = suppressions.filter(({ state }) => state === "active");
  const past = suppressions.filter(({ state }) => state !== "active");
  const body = html`<p>
      Each was recorded on an incident, with <em>Suppress</em> or <code>incidents expect</code>, for one cause and key,
      from some networks, and ends. None raises a threshold, and what it hid stays on record.
    </p>
    ${suppressionsTable("Active suppressions", active, "./")}
    ${suppressionsTable("Ended or withdrawn in the last 30 days", past, "./")}`;
  return pageOf("Suppressions", "./", body);
}

export interface SuppressionView {
  readonly suppression: Suppression;
  readonly session: Session;
  /** The name that was given before, or "". */
  readonly name: string;
  /** A form that is shown again: to be corrected, or previewed. */
  readonly form: SuppressionForm | null;
  /** What its networks would have hidden, in sentences. */
  readonly preview: readonly string[];
  /** Whether its networks are wide, so that somebody has to say that they are meant. */
  readonly isWide: boolean;
  /** What became of the act before, or null. */
  readonly said: string | null;
}

/** The page `/suppressions/{id}`: what it holds for, what it hid and would hide, and forms to change or withdraw it. */
export function suppressionPage(view: SuppressionView): string {
  const { suppression, preview, said, form } = view;
  const { id, now, state, hidden, newest, revisions } = suppression;
  const body = html`${said === null ? null : html`<p class="said" role="status">${said}</p>`}
    ${factsOf([
      ["State", state],
      ["Cause", now.cause.replaceAll("_", " ")],
      ["About", aboutOf(now, "../")],
      ["From networks", networksText(now.networks)],
      ["Until", timeOf(now.statedUntil)],
      ["Incident", html`<a href="../incidents/${encodeURIComponent(now.incidentId)}">${now.incidentId}</a>`],
      ["Findings hidden", countOf(hidden)],
      ["Newest", newest === null ? "none" : html`${timeOf(newest.tick)}: ${summaryText(newest)}`],
    ])}
    <h2>${form?.act === "preview" ? "What these networks would have hidden" : "What it would have hidden"}</h2>
    <ul>
      ${preview.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    <h2>Act</h2>
    ${state === "active" ? formsOf(view) : html`<p>It has ended: suppress the incident again if it is still legitimate.</p>`}
    ${tableOf(
      "Timeline",
      ["At", "Action", "From networks", "Until", "By", "Why"],
      revisions.map((one) => [
        timeOf(one.recordedAt),
        one.action,
        networksText(one.networks),
        timeOf(one.statedUntil),
        one.actor,
        one.note,
      ]),
    )}`;
  return pageOf(`Suppression ${id}`, "../", body);
}

function formsOf(view: SuppressionView): Markup {
  const { suppression, session, form, isWide } = view;
  if (!session.mayAct) return html`<p>${whyOnlyLooks(session)} Or use <code>plimsoll suppressions</code>.</p>`;
  const networks = form?.networksText ?? suppression.now.networks.join(" ");
  const until = form?.untilText || new Date(suppression.now.statedUntil).toISOString().slice(0, 16);
  const isEdit = form !== null && form.act !== "withdraw";
  const edit = html`<p>
      <label for="edit-networks">From these networks</label>
      <textarea id="edit-networks" name="networks" rows="3" spellcheck="false">${`\n${networks}`}</textarea>
    </p>
    <p>
      <label for="edit-until">Until (UTC, at most 90 days from now)</label>
      <input id="edit-until" name="until" type="datetime-local" required value="${until}" />
    </p>
    ${sureBox(isWide)}`;
  return html`<div class="acts">
    ${formOf(view, "edit", "Change", isEdit, edit, html`<button name="act" value="preview" formnovalidate>Preview</button> <button name="act" value="edit">Change</button>`)}
    ${formOf(view, "withdraw", "Withdraw", form?.act === "withdraw", html`<p>Such findings open incidents again, at once if found within the last hour.</p>`, html`<button name="act" value="withdraw">Withdraw</button>`)}
  </div>`;
}

function formOf(
  view: SuppressionView,
  act: string,
  title: string,
  isOpen: boolean,
  fields: Markup,
  buttons: Markup,
): Markup {
  const { suppression, session, form, name } = view;
  return html`<details ${isOpen ? html`open` : null}>
    <summary>${title}</summary>
    <form method="post" action="${encodeURIComponent(suppression.id)}" aria-label="${title}">
      ${isOpen && form !== null && form.problems.length > 0 ? html`<p class="error" role="alert">Nothing changed: ${form.problems.join(" ")}</p>` : null}
      <input type="hidden" name="${FORM_TOKEN}" value="${session.formToken}" />
      ${fields} ${nameField(session, act, form?.name || name)}
      <p>
        <label for="${act}-note">Reason</label>
        <textarea id="${act}-note" name="note" rows="2" maxlength="${LONGEST_NOTE}" required>
${`\n${form?.note ?? ""}`}</textarea>
      </p>
      <p>${buttons}</p>
    </form>
  </details>`;
}
