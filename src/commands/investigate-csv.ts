import { csvText } from "../text/csv-text.js";
import type { OtherKey } from "../model/finding/evidence.js";
import { standingText } from "../pipeline/sources/standing-text.js";
import type { Investigation } from "../pipeline/view/investigation.js";
import type { SessionList } from "../store/view/investigation-sessions.js";
import { addressesText } from "./investigate-sources.js";

const iso = (at: number) => new Date(at).toISOString();
const usd = (micros: number) => micros / 1e6;

const CSV_COLUMNS = [
  "section",
  "value",
  "detail",
  "first_at",
  "last_at",
  "requests",
  "unknown_source_requests",
  "spend_usd",
];

function otherRow(one: OtherKey): (string | number)[] {
  const where = one.isSameAddress ? "same address" : one.isShared ? "shared network" : "same network";
  const first = one.firstServedAt === null ? "" : iso(one.firstServedAt);
  const amounts = [one.requests, one.requests, usd(one.spendMicros)];
  return ["other_key", one.keyId, `${where}, ${one.refused} refused`, first, iso(one.lastAt), ...amounts];
}

const sessionRows = (kind: string, { busiest }: SessionList): (string | number)[][] =>
  busiest.map((one) => {
    const detail = `of unknown sources, ${addressesText(one.addresses)}`;
    return [kind, one.value, detail, iso(one.firstAt), iso(one.lastAt), one.requests, one.requests, ""];
  });

/** The investigation's sources, session keys and TLS clients of unknown ones, other keys used from there, uses and hours as one CSV. */
export function investigationToCsv({ sources, sessions, others, uses, hours }: Investigation): string {
  const rows = [
    ...sources.map((one) => {
      const strange = one.isUnknownSource ? one.requests : 0;
      const detail = `AS${one.asn} ${one.name} ${one.networkType}, ${standingOf(one)}`;
      return [
        "source",
        one.address,
        detail,
        iso(one.firstAt),
        iso(one.lastAt),
        one.requests,
        strange,
        usd(one.spendMicros),
      ];
    }),
    ...sessionRows("session_key", sessions.sessionKeys),
    ...sessionRows("tls_fingerprint", sessions.tlsFingerprints),
    ...(others === null || typeof others === "string" ? [] : others.listed.map(otherRow)),
    ...uses.map((one) => {
      const detail = `first seen ${iso(one.firstSeenAt)}`;
      const amounts = [one.requests, one.unknownSourceRequests, usd(one.spendMicros)];
      return [one.level, one.value, detail, iso(one.firstAt), iso(one.lastAt), ...amounts];
    }),
    ...hours.map((one) => {
      const end = iso(one.hour + 3_600_000);
      return [
        "hour",
        iso(one.hour),
        `${one.errors} errors`,
        iso(one.hour),
        end,
        one.requests,
        one.unknownSourceRequests,
        usd(one.spendMicros),
      ];
    }),
  ];
  return csvText([CSV_COLUMNS, ...rows]);
}

/** As a name, which programs compare, or in words where a person's verdict made it familiar. */
function standingOf(source: Investigation["sources"][number]): string {
  return source.vouched === null ? source.standing : standingText(source);
}
