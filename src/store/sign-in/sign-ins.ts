import { randomUUID } from "node:crypto";
import { insertOnce, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";

/** What happens to sessions of the dashboard. */
export const SIGN_IN_EVENTS = ["signed_in", "refused", "signed_out", "revoked"] as const;

/** One line of the audit log about sessions; at is epoch ms. */
export interface SignInEntry {
  readonly at: number;
  readonly event: (typeof SIGN_IN_EVENTS)[number];
  readonly way: "token" | "oidc" | "command";
  /** Empty where nobody knows. */
  readonly who: string;
  /** Whose sessions were revoked. */
  readonly subject?: string;
  readonly mayAct?: boolean;
  readonly address: string;
  /** Why an attempt was refused. */
  readonly reason?: string;
  /** Short digest of the session. */
  readonly session?: string;
  /** How many attempts, or sessions, it stands for. */
  readonly attempts: number;
}

/** Appends lines to the audit log. Whoever tries again after an answer was lost may write them twice. */
export async function insertSignIns(client: ClickHouseClient, entries: readonly SignInEntry[]): Promise<void> {
  const rows = entries.map((one) => ({
    at: new Date(one.at).toISOString(),
    event: one.event,
    way: one.way,
    who: one.who,
    subject: one.subject ?? "",
    may_act: one.mayAct === true ? 1 : 0,
    address: one.address,
    reason: one.reason ?? "",
    session: one.session ?? "",
    attempts: one.attempts,
  }));
  await insertOnce(client, "sign_ins", rows, `sign-ins:${randomUUID()}`);
}
