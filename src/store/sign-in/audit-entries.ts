import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** What the audit log is about. */
export const AUDIT_AREAS = ["session", "incident", "containment", "suppression", "key"] as const;
export type AuditArea = (typeof AUDIT_AREAS)[number];

/** One line of the audit log: who did what, when (epoch ms). */
export interface AuditEntry {
  readonly at: number;
  /** Tells lines of one instant apart. */
  readonly entry: string;
  readonly area: AuditArea;
  readonly act: string;
  readonly who: string;
  /** How somebody signed in, or `pagerduty`; empty where it is not known. */
  readonly way: string;
  /** The incident, suppression, predecessor, or whose sessions. */
  readonly subject: string;
  readonly keyId: string;
  readonly address: string;
  readonly note: string;
  readonly attempts: number;
}

/** Which lines: of a half-open span (epoch ms), of an area and a person where they are not empty, after a place. */
export interface AuditQuestion {
  readonly since: number;
  readonly until: number;
  readonly area: AuditArea | "";
  readonly who: string;
  readonly after: AuditPlace | null;
  readonly most: number;
}

/** A place in the log: what comes after it is older. */
export type AuditPlace = Pick<AuditEntry, "at" | "entry">;

const auditEntriesQuery = defineQuery("sign-in/audit-entries", {
  params: {
    since: z.date(),
    until: z.date(),
    area: z.string(),
    who: z.string(),
    after_at: z.date(),
    after_entry: z.string(),
    most: z.number(),
  },
  row: {
    at_ms: z.number(),
    entry_id: z.string(),
    entry_area: z.enum(AUDIT_AREAS),
    entry_act: z.string(),
    entry_who: z.string(),
    entry_way: z.string(),
    entry_subject: z.string(),
    entry_key: z.string(),
    entry_address: z.string(),
    entry_note: z.string(),
    entry_attempts: z.number(),
  },
});

/** Reads the audit log, the newest first. */
export async function readAuditEntries(client: ClickHouseClient, asked: AuditQuestion): Promise<AuditEntry[]> {
  const rows = await readRows(client, auditEntriesQuery, {
    since: new Date(asked.since),
    until: new Date(asked.until),
    area: asked.area,
    who: asked.who,
    after_at: new Date(asked.after?.at ?? 0),
    after_entry: asked.after?.entry ?? "",
    most: asked.most,
  });
  return rows.map((row) => ({
    at: row.at_ms,
    entry: row.entry_id,
    area: row.entry_area,
    act: row.entry_act,
    who: row.entry_who,
    way: row.entry_way,
    subject: row.entry_subject,
    keyId: row.entry_key,
    address: row.entry_address,
    note: row.entry_note,
    attempts: row.entry_attempts,
  }));
}
