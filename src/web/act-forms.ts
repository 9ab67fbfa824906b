import type { Incident } from "../model/incident/incident.js";
import { LONGEST_NOTE } from "../model/incident/person-text.js";
import { runningText } from "../page/compose/activity-text.js";
import { suggestCommand } from "../text/shell-quote.js";
import { html, type Markup } from "./markup.js";
import { nameField } from "./name-field.js";
import { FORM_TOKEN } from "./own-form.js";
import { whyOnlyLooks } from "./person-name.js";
import { type ActField, type ActProblems, type PageAct } from "./parse-act.js";
import { sureBox } from "./suppressions-table.js";
import type { Session } from "./session.js";

export interface ActFormsView {
  readonly incident: Incident;
  readonly session: Session;
  /** The name that was given before, or "". */
  readonly name: string;
  /** Networks that the newest finding blames: what is expected unless somebody says otherwise; null where they have to. */
  readonly networks: readonly string[] | null;
  /** When the last request that it is about was seen, if such requests go on; else null. */
  readonly runningAt: number | null;
  /** Epoch ms until when something is expected unless somebody says otherwise. */
  readonly until: number;
  /** A form that was not understood, to be shown again with what was typed. */
  readonly refused: ActProblems | null;
}

/** What a person can do about an incident, as forms; to who may only look, why there are none. */
export function actForms(view: ActFormsView): Markup {
  const { incident, session } = view;
  if (!session.mayAct)
    return html`${whyNone(incident, session)}
      <div class="acts">${containLink(incident)}</div>`;
  return html`<div class="acts">
    ${incident.open && incident.acknowledgedBy === null ? acknowledgeForm(view) : null} ${containLink(incident)}
    ${resolveForm(view)} ${expectForm(view)}
  </div>`;
}

/** What its guard is asked has a view of its own: who is hit by it is shown there first. */
function containLink({ incidentId, open, keyId, keys }: Incident): Markup | null {
  if (!open || keys.length > 1 || (keyId === null && keys.length === 0)) return null;
  return html`<a
    class="act"
    href="${encodeURIComponent(incidentId)}/contain"
    title="Throttle the key, deny its unknown sources, or freeze it"
    >Contain…</a
  >`;
}

const WITHOUT_FORMS = ["ack", "resolve --note 'WHY'", "expect --note 'WHY'"];

function whyNone({ incidentId }: Incident, session: Session): Markup {
  const to = encodeURIComponent(`incidents/${encodeURIComponent(incidentId)}`);
  return html`<p>
      ${whyOnlyLooks(session)} <a href="../sign-in?to=${to}">Sign in with another right</a>, use PagerDuty, or the
      command line:
    </p>
    <pre>${WITHOUT_FORMS.map((act) => suggestCommand(`incidents ${act}`, incidentId)).join("\n")}</pre>`;
}

function acknowledgeForm(view: ActFormsView): Markup {
  const fields = html`${whoField(view, "acknowledge")} ${noteField(view, "acknowledge", "Note (optional)")}`;
  return formOf(
    view,
    "acknowledge",
    "Acknowledge",
    "Acknowledges it here and in PagerDuty, which stops escalating.",
    fields,
  );
}

function resolveForm(view: ActFormsView): Markup {
  const { open, verdict } = view.incident;
  const said = view.refused?.act === "resolve" ? view.refused.fields.verdict : (verdict ?? "");
  const option = (value: string, text: string) =>
    html`<option value="${value}" ${value === said ? html`selected` : null}>${text}</option>`;
  const running = view.runningAt === null ? null : html`<p class="error">${runningText(view.runningAt)}</p>`;
  const fields = html`${open ? running : null} ${whoField(view, "resolve")} ${noteField(view, "resolve", "Reason")}
    <p>
      <label for="resolve-verdict">It was</label>
      <select id="resolve-verdict" name="verdict" ${describedBy(view, "resolve", "verdict")}>
        ${open ? option("", "not known") : null} ${option("leak", "a leak")} ${option("benign", "benign")}
      </select>
      ${problemOf(view, "resolve", "verdict")}
    </p>`;
  const what = open
    ? "Resolves it here and in PagerDuty. Benign: its networks, programs and routes are the key's own from now on. Else, if the same is found again after an hour or more, on-call is notified again."
    : "Records what it was, for the budget of false pages: it stays resolved, and nobody is notified. Benign: its networks, programs and routes are the key's own from now on.";
  return formOf(view, "resolve", open ? "Resolve" : "Judge", what, fields);
}

function expectForm(view: ActFormsView): Markup {
  const typed = view.refused?.act === "expect" ? view.refused.fields : null;
  const fields = html`${whoField(view, "expect")} ${noteField(view, "expect", "Reason")}
    <p>
      <label for="expect-networks"
        >From these networks${view.networks === null ? null : " (empty: those that the newest finding blames)"}</label
      >
      <textarea
        id="expect-networks"
        name="networks"
        rows="3"
        spellcheck="false"
        ${describedBy(view, "expect", "networks")}
      >
${typed?.networks ?? view.networks?.join(" ") ?? ""}</textarea>
      ${problemOf(view, "expect", "networks")}
    </p>
    <p>
      <label for="expect-until">Until (UTC, at most 90 days from now)</label>
      <input
        id="expect-until"
        name="until"
        type="datetime-local"
        required
        value="${typed?.until ?? new Date(view.until).toISOString().slice(0, 16)}"
        ${describedBy(view, "expect", "until")}
      />
      ${problemOf(view, "expect", "until")}
    </p>
    ${previewOf(view)}`;
  const what =
    "It was legitimate: resolves it, as benign, and the same from these networks opens no incident until then. It raises no threshold.";
  return formOf(view, "expect", "Suppress", what, fields);
}

/** What the networks that were typed would have hidden, and the word that wide ones are meant. */
function previewOf({ refused }: ActFormsView): Markup | null {
  const preview = refused?.act === "expect" ? refused.preview : undefined;
  if (preview === undefined) return null;
  return html`<div role="status">
      <ul>
        ${preview.sentences.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>
    </div>
    ${sureBox(preview.isWide)}`;
}

function formOf(
  { incident, session, refused }: ActFormsView,
  act: PageAct,
  title: string,
  what: string,
  fields: Markup,
): Markup {
  const isOpen = refused?.act === act;
  return html`<details name="act" class="${act}" ${isOpen ? html`open` : null}>
    <summary>${title}${act === "acknowledge" ? null : "…"}</summary>
    <form method="post" action="${encodeURIComponent(incident.incidentId)}" aria-label="${title}">
      <p>${what}</p>
      ${
        refused?.act === act && Object.keys(refused.problems).length > 0
          ? html`<p class="error" role="alert">Nothing changed: correct the marked fields.</p>`
          : null
      }
      <input type="hidden" name="${FORM_TOKEN}" value="${session.formToken}" />
      ${fields}
      <p>
        ${act === "expect" ? html`<button name="act" value="preview" formnovalidate>Preview</button>` : null}
        <button name="act" value="${act}">${act === "expect" ? "Suppress until then" : title}</button>
      </p>
    </form>
  </details>`;
}

function whoField(view: ActFormsView, act: PageAct): Markup {
  const value = view.refused?.act === act ? view.refused.fields.name : view.name;
  return nameField(view.session, act, value, describedBy(view, act, "name"), problemOf(view, act, "name"));
}

function noteField(view: ActFormsView, act: PageAct, label: string): Markup {
  const value = view.refused?.act === act ? view.refused.fields.note : "";
  return html`<p>
    <label for="${act}-note">${label}</label>
    <textarea
      id="${act}-note"
      name="note"
      rows="2"
      maxlength="${LONGEST_NOTE}"
      ${act === "acknowledge" ? null : html`required`}
      ${describedBy(view, act, "note")}
    >
${value}</textarea>
    ${problemOf(view, act, "note")}
  </p>`;
}

const problemIn = ({ refused }: ActFormsView, act: PageAct, field: ActField): string | undefined =>
  refused?.act === act ? refused.problems[field] : undefined;

function problemOf(view: ActFormsView, act: PageAct, field: ActField): Markup | null {
  const problem = problemIn(view, act, field);
  return problem === undefined ? null : html`<span class="error" id="${act}-${field}-problem">${problem}</span>`;
}

function describedBy(view: ActFormsView, act: PageAct, field: ActField): Markup | null {
  if (problemIn(view, act, field) === undefined) return null;
  return html`aria-invalid="true" aria-describedby="${act}-${field}-problem"`;
}
