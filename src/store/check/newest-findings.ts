import { z } from "zod";
import type { Finding } from "../../model/finding/finding.js";
import { printSubject } from "../../model/finding/finding-subject.js";
import type { Incident } from "../../model/incident/incident.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { findingRow, toFinding } from "./findings.js";

/** Cause, subject and, without a subject, key, with blanks between: incidents and findings of the same have the same name. */
export function findingName({ cause, subject, keyId }: Pick<Incident, "cause" | "subject" | "keyId">): string {
  return `${cause} ${printSubject(subject)} ${subject === null ? (keyId ?? "") : ""}`;
}

const findingsAtQuery = defineQuery("check/findings-at", {
  params: { subjects: listOf(z.string()), keys: listOf(z.string()), ticks: listOf(z.number()) },
  row: findingRow,
});

/** Findings of some names (findingName) at some ticks (epoch ms). */
export async function readFindingsAt(
  client: ClickHouseClient,
  subjects: readonly string[],
  at: readonly number[],
): Promise<Finding[]> {
  if (subjects.length === 0) return [];
  const ticks = [...new Set(at.map((tick) => Math.floor(tick / 1000)))];
  return (await readRows(client, findingsAtQuery, { subjects, keys: onlyKeys(subjects), ticks })).map(toFinding);
}

/** When the newest finding of a subject was made (epoch ms), and the windows it was seen in. */
export interface NewestFinding {
  /** Cause, subject and, without a subject, key, with blanks between. */
  readonly name: string;
  readonly tick: number;
  readonly window: number | undefined;
  readonly novel: Readonly<Record<string, { readonly requests: readonly number[] }>>;
  /** Of the last request that it is about, epoch ms; null where it does not say. */
  readonly lastAt: number | null;
  /** Whether these go on; null where it does not say. */
  readonly isGoingOn: boolean | null;
}

const newestFindingsQuery = defineQuery("check/newest-findings", {
  params: { since: z.number(), subjects: listOf(z.string()), keys: listOf(z.string()) },
  row: {
    name: z.string(),
    tick_s: z.number(),
    window: z.number().nullable(),
    novel: z.string(),
    last_at: z.string(),
    goes_on: z.number().nullable(),
  },
});

/** The newest findings since an instant (epoch ms) of some subjects, named as in NewestFinding. */
export async function readNewestFindings(
  client: ClickHouseClient,
  subjects: readonly string[],
  since: number,
): Promise<NewestFinding[]> {
  if (subjects.length === 0) return [];
  const params = { subjects, keys: onlyKeys(subjects), since: Math.floor(since / 1000) };
  const rows = await readRows(client, newestFindingsQuery, params);
  return rows.map(({ name, tick_s, window, novel, last_at, goes_on }) => ({
    name,
    tick: tick_s * 1000,
    window: window ?? undefined,
    novel: novel === "" ? {} : (JSON.parse(novel) as NewestFinding["novel"]),
    lastAt: last_at === "" ? null : Date.parse(last_at),
    isGoingOn: goes_on === null ? null : goes_on === 1,
  }));
}

/** The keys that all of some names are of; none where one has a subject: its findings may be of any key. */
function onlyKeys(names: readonly string[]): string[] {
  const keys = names.map((name) => /^\S+ {2}(.+)$/s.exec(name)?.[1] ?? "");
  return keys.includes("") ? [] : keys;
}
