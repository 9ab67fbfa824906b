import { html, type Markup } from "../markup.js";

/** One field of a filter: with options a list to choose from, in which nothing is chosen at first. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type?: "text" | "date" | "datetime-local";
  readonly options?: readonly string[];
}

/** A form whose fields become the address of the list, which can be kept and sent to others; `kept` is part of it unseen. */
export function filterForm(
  action: string,
  fields: readonly FilterField[],
  kept: Readonly<Record<string, string>> = {},
): Markup {
  return html`<form class="filter" method="get" action="${action}" aria-label="Filter">
    ${Object.entries(kept).map(([name, value]) => (value === "" ? null : html`<input type="hidden" name="${name}" value="${value}" />`))}
    ${fields.map(fieldOf)}
    <p><button>Filter</button> <a href="${action}">Clear</a></p>
  </form>`;
}

function fieldOf({ name, label, value, type = "text", options }: FilterField): Markup {
  const control =
    options === undefined
      ? html`<input id="filter-${name}" name="${name}" type="${type}" value="${value}" />`
      : html`<select id="filter-${name}" name="${name}">
          <option value="">any</option>
          ${options.map((one) => html`<option value="${one}" ${one === value ? html`selected` : null}>${one.replaceAll("_", " ")}</option>`)}
        </select>`;
  return html`<p><label for="filter-${name}">${label}</label> ${control}</p>`;
}

/** What of an address was not understood, or null. */
export function problemsOf(problems: readonly string[]): Markup | null {
  return problems.length === 0
    ? null
    : html`<p class="error" role="alert">Nothing is listed: ${problems.join("; ")}.</p>`;
}
