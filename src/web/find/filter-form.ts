import { html, type Markup } from "../markup.js";
import { queryOf } from "./asked.js";

/** One field of a filter: with options a list to choose from, in which nothing is chosen at first. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type?: "text" | "date" | "datetime-local";
  readonly options?: readonly string[];
  /** Values that a text may have, each with what is to be known of it: they are offered as it is typed. */
  readonly offers?: readonly { readonly value: string; readonly label: string }[];
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

/** The filters that are set, each a link to the list without it; null where none is. */
export function filterChips(
  action: string,
  fields: readonly FilterField[],
  kept: Readonly<Record<string, string>> = {},
): Markup | null {
  const set = fields.filter(({ value }) => value !== "");
  if (set.length === 0) return null;
  const without = (name: string) =>
    queryOf({ ...Object.fromEntries(set.map((one) => [one.name, one.value])), ...kept, [name]: "" });
  return html`<ul class="chips" aria-label="Filters that are set">
    ${set.map(
      ({ name, label, value, options }) =>
        html`<li>
          <a href="${action}${without(name)}"
            ><span class="unseen">Remove the filter </span>${label}:
            ${options === undefined ? value : value.replaceAll("_", " ")} <span aria-hidden="true">×</span></a
          >
        </li>`,
    )}
  </ul>`;
}

function fieldOf({ name, label, value, type = "text", options, offers = [] }: FilterField): Markup {
  const list = offers.length === 0 ? null : `offers-${name}`;
  const control =
    options === undefined
      ? html`<input
            id="filter-${name}"
            name="${name}"
            type="${type}"
            value="${value}"
            ${list === null ? null : html`list="${list}"`}
          />
          ${
            list === null
              ? null
              : html`<datalist id="${list}">
                  ${offers.map((one) => html`<option value="${one.value}" label="${one.value}: ${one.label}"></option>`)}
                </datalist>`
          }`
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
