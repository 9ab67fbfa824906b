import type { Incident } from "../model/incident/incident.js";
import {
  CONTAINED_HOURS,
  CONTAINMENT_ACTIONS,
  USUAL_CONTAINED_HOURS,
  type ContainmentAction,
} from "../model/incident/containment.js";
import type { KeyVersion } from "../model/key/key.js";
import { LONGEST_NOTE } from "../model/incident/person-text.js";
import type { PreparedContainment } from "../pipeline/contain/prepare-containment.js";
import { suggestCommand } from "../text/shell-quote.js";
import { whose } from "./incident/decision.js";
import { pageOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import { nameField } from "./name-field.js";
import { whyOnlyLooks } from "./person-name.js";
import { FORM_TOKEN } from "./own-form.js";
import type { ContainField, ContainRequest } from "./parse-contain.js";
import type { Session } from "./session.js";

const ACTIONS: Readonly<Record<ContainmentAction, string>> = {
  deny_networks: "Deny networks: only the unknown sources, the owner is not affected",
  throttle: "Throttle: to the key's usual p99 of requests per minute",
  freeze: "Freeze: refuse everything, the owner's service stops",
};

export interface ContainView {
  readonly incident: Incident;
  /** Whose service stops with the key. */
  readonly registry: ReadonlyMap<string, KeyVersion>;
  readonly session: Session;
  /** The name that was given before, or "". */
  readonly name: string;
  readonly prepared: PreparedContainment;
  /** A form that was sent and changed nothing, or null. */
  readonly request: ContainRequest | null;
  /** What became of the act before, or null. */
  readonly said: string | null;
}

/** The page `/incidents/{id}/contain`: who uses the key now, what is in force, and what somebody can have asked of the key's guard. */
export function containPage(view: ContainView): string {
  const { incident, registry, prepared, said } = view;
  const body = html`${said === null ? null : html`<p class="said" role="status">${said}</p>`}
    <p><a href="../${encodeURIComponent(incident.incidentId)}">Back to the incident</a></p>
    <p>${whose({ incident, registry }, "../../")}</p>
    <h2>Who uses the key now</h2>
    <ul>
      ${prepared.sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
    ${
      prepared.inForce.length + prepared.ending.length === 0
        ? null
        : html`<h2>In force</h2>
            <ul>
              ${[...prepared.inForce, ...prepared.ending].map((text) => html`<li>${text}</li>`)}
            </ul>`
    }
    ${prepared.problem === null ? null : html`<p class="error" role="alert">${prepared.problem}</p>`}
    ${
      prepared.requests.length === 0
        ? null
        : html`<h2>The exact call</h2>
            ${prepared.requests.map((text) => html`<pre>${text}</pre>`)}`
    }
    ${formsOf(view)}`;
  return pageOf(`Contain ${incident.keyId ?? "the key"}`, "../../", body);
}

function formsOf(view: ContainView): Markup {
  const { incident, session, prepared } = view;
  if (!session.mayAct)
    return html`<p>${whyOnlyLooks(session)} Or use the command line:</p>
      <pre>${suggestCommand("contain --dry-run --action deny_networks", incident.incidentId)}</pre>`;
  return html`${incident.open ? containForm(view) : html`<p>The incident is resolved: nothing new can be asked.</p>`}
  ${prepared.inForce.length === 0 ? null : undoForm(view)}`;
}

function containForm(view: ContainView): Markup {
  const { request, prepared } = view;
  const fields = request?.fields;
  const option = (action: ContainmentAction) =>
    html`<option value="${action}" ${(fields?.action ?? "deny_networks") === action ? html`selected` : null}>
      ${ACTIONS[action]}
    </option>`;
  const order = (["deny_networks", "throttle", "freeze"] as const).filter((one) => CONTAINMENT_ACTIONS.includes(one));
  const sure = prepared.hitsOwner
    ? html`<p>
        <label
          ><input type="checkbox" name="sure" value="yes" /> This also hits the owner, as explained above; do it all the
          same</label
        >
      </p>`
    : null;
  return html`<h2>Contain</h2>
    <form method="post" action="contain" aria-label="Contain">
      ${tokenOf(view)}
      <p>
        <label for="contain-action">Ask the key's guard to</label>
        <select id="contain-action" name="action">
          ${order.map(option)}
        </select>
      </p>
      ${field(view, "networks", "Networks to deny (empty: the unknown sources of the incident)", fields?.networks ?? "")}
      ${field(view, "limit", "Requests per minute to throttle to (empty: the usual p99)", fields?.limit ?? "")}
      ${field(view, "hours", `Hours until it is undone (${CONTAINED_HOURS})`, fields?.hours ?? String(USUAL_CONTAINED_HOURS))}
      ${whoFields(view, "contain")} ${sure}
      <p>
        <button name="act" value="preview" formnovalidate>Preview</button>
        <button name="act" value="contain">Contain</button>
      </p>
    </form>`;
}

function undoForm(view: ContainView): Markup {
  return html`<h2>Undo</h2>
    <form method="post" action="contain" aria-label="Undo">
      ${tokenOf(view)} ${whoFields(view, "undo")}
      <p><button name="act" value="undo">Undo all that is in force</button></p>
    </form>`;
}

function tokenOf({ session }: ContainView): Markup {
  return html`<input type="hidden" name="${FORM_TOKEN}" value="${session.formToken}" />`;
}

function whoFields(view: ContainView, act: "contain" | "undo"): Markup {
  const isIts = view.request !== null && (view.request.act === "undo") === (act === "undo");
  const typed = isIts ? view.request?.fields : undefined;
  const problem = (of: ContainField) => (isIts ? problemOf(view, of) : null);
  return html`${nameField(view.session, act, typed?.name ?? view.name, null, problem("name"))}
    <p>
      <label for="${act}-note">Reason</label>
      <textarea id="${act}-note" name="note" rows="2" maxlength="${LONGEST_NOTE}" required>
${typed?.note ?? ""}</textarea>
      ${problem("note")}
    </p>`;
}

function field(view: ContainView, name: ContainField, label: string, value: string): Markup {
  return html`<p>
    <label for="contain-${name}">${label}</label>
    <input id="contain-${name}" name="${name}" value="${value}" spellcheck="false" autocomplete="off" />
    ${problemOf(view, name)}
  </p>`;
}

function problemOf({ request }: ContainView, name: ContainField): Markup | null {
  const problem = request?.problems[name];
  return problem === undefined ? null : html`<span class="error" role="alert">${problem}</span>`;
}
