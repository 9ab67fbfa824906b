import type { NetworkType } from "../network/network-table.js";

/** Who saw a request: our own gateway, the service that called out with a third party's key, or that party's usage report. */
export const OBSERVERS = ["gateway", "caller", "provider"] as const;

export type ObservedBy = (typeof OBSERVERS)[number];

/**
 * One request of one key (or `count` identical ones), validated: every field has its stored unit and nothing in it is secret.
 * `bytes`, `spendMicros` and `unitMillis` are totals over `count`.
 */
export interface RequestEvent {
  /** Epoch milliseconds at which the request was served, as the sender gave it. */
  readonly ts: number;
  /** Whose history it counts in: the principal or minting key that the event named, else the key that was used. */
  readonly keyId: string;
  /** The short-lived key that was used, where it is another than the subject, or "". */
  readonly sessionKeyId: string;
  readonly observedBy: ObservedBy;
  /** The sender's own id of the request, or "". */
  readonly id: string;
  /** Canonical IPv6 text (IPv4 as `::ffff:a.b.c.d`), or null when there was no address. */
  readonly sourceIp: string | null;
  /** Autonomous system of the address; 0 when unknown. */
  readonly asn: number;
  readonly networkType: NetworkType | "unknown";
  readonly method: string;
  /** Route template without query string, or "". */
  readonly route: string;
  readonly status: number;
  readonly latencyMs: number;
  readonly bytes: number;
  /** Millionths of a US dollar. */
  readonly spendMicros: number;
  /** Thousandths of what the provider bills (tokens, messages, rows). */
  readonly unitMillis: number;
  readonly count: number;
  readonly scope: string;
  readonly userAgent: string;
  /** JA4 or the like of the client, as the gateway saw it, or "". */
  readonly tlsFingerprint: string;
  readonly region: string;
  readonly service: string;
  /** Names of the fields in which the shape of a secret was masked, comma-separated, or "". */
  readonly maskedFields: string;
  /** True when an administrator imported it: only then may it say that something was used more than a day before it arrived. */
  readonly isHistory: boolean;
  /** Which hour of a longer bucket it is, from 1: these share an id. */
  readonly part?: number;
}
