import { keyName, type KeyVersion } from "../../model/key/key.js";
import type { IncidentListRow } from "../../pipeline/view/incident-list.js";
import { html, type Markup } from "../markup.js";

/** Of fewer incidents nothing is common. */
const LEAST = 2;

/** What the incidents of a list have in common: of cause, owner, service and key the most frequent one that several share; null where none is. */
export function sharedTraits(
  rows: readonly IncidentListRow[],
  registry: ReadonlyMap<string, KeyVersion>,
): Markup | null {
  const keyOf = ({ incident }: IncidentListRow) => incident.keyId ?? incident.keys[0] ?? "";
  const texts: readonly (readonly [string, (row: IncidentListRow) => string])[] = [
    ["cause", ({ incident }) => incident.cause.replaceAll("_", " ")],
    ["owner", (row) => registry.get(keyOf(row))?.owner ?? ""],
    ["service", (row) => registry.get(keyOf(row))?.service ?? ""],
    ["key", (row) => (keyOf(row) === "" ? "" : keyName(registry.get(keyOf(row)) ?? null, keyOf(row)))],
  ];
  const found = texts.flatMap(([name, of]) => {
    const [most] = [...countsOf(rows.map(of))].toSorted((a, b) => b[1] - a[1]);
    return most === undefined || most[1] < LEAST ? [] : [`${name} ${most[0]} (${most[1]} of ${rows.length})`];
  });
  return found.length === 0 ? null : html`<p>In common of those shown: ${found.join(", ")}.</p>`;
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
