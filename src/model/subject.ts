import type { ObservedBy } from "./event/request-event.js";

/** A key as one observer saw it: the unit that is judged. */
export interface Subject {
  readonly keyId: string;
  readonly observedBy: ObservedBy;
}

/** Key of a subject in a map. */
export function subjectKey(subject: Subject): string {
  return `${subject.observedBy} ${subject.keyId}`;
}

/** Rows by subject. */
export function groupBySubject<Row extends Subject>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = subjectKey(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** One row per subject, the last where there are several. */
export function indexBySubject<Row extends Subject>(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [subjectKey(row), row]));
}
