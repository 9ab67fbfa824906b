import { fastifyCookie } from "@fastify/cookie";
import { oneLine } from "../../src/commands/print-table.js";
import { judgeAccess } from "../../src/http/access.js";
import { parseWebhook } from "../../src/http/pagerduty-webhook.js";
import { parseRotation } from "../../src/http/parse-rotation.js";
import { signaturesIn, isSigned } from "../../src/http/verify-signature.js";
import { parseCloudTrailRecord } from "../../src/import/cloudtrail-record.js";
import { parseKeyFrom } from "../../src/import/record/key-from.js";
import type { ParseOptions } from "../../src/import/record/log-format.js";
import { parseRetryAfter } from "../../src/import/judge-answer.js";
import { parseCsv } from "../../src/import/parse-csv.js";
import { readKeyEntries } from "../../src/import/read-key-entries.js";
import { FORMATS } from "../../src/import/formats.js";
import { foldRoute } from "../../src/import/record/fold-route.js";
import { splitTarget } from "../../src/import/record/http-target.js";
import { parsePrefix } from "../../src/model/network/address.js";
import { hasUnprintable } from "../../src/text/clean-text.js";
import { parseCsvLine } from "../../src/text/csv-line.js";
import { csvText } from "../../src/text/csv-text.js";
import { displayOf } from "../../src/model/key/key-fingerprint.js";
import { parseLeakReports } from "../../src/model/key/leak-report.js";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { networkTypeOf } from "../../src/model/network/network-type.js";
import { parseAddress } from "../../src/model/network/parse-address.js";
import { parseDecimal } from "../../src/model/parse-decimal.js";
import { parseInstant } from "../../src/model/parse-instant.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { judgePersonText, onOneLine } from "../../src/model/incident/person-text.js";
import { shellQuote } from "../../src/text/shell-quote.js";
import { acceptEvents } from "./accept-events.js";
import { logFixtures } from "./read-fixture.js";
import { explainClickHouse } from "../../src/store/problem/dependency-problem.js";
import { parseAct } from "../../src/web/parse-act.js";
import { actorOf } from "../../src/web/person-name.js";
import { openSessions } from "../../src/web/session.js";
import { rules } from "./ingest-rules.js";

const SILENT: ParseOptions = { keyFrom: parseKeyFrom("user"), trustedProxies: null, note: () => undefined };

/** A record with a text in the place of each of its own, but for times, without which nothing else is looked at. */
function withTexts(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((one) => withTexts(one, text));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withTexts(one, text)]));
  }
  return typeof value === "string" && !/^[\d.]+$|^\d{4}-/.test(value) ? text : value;
}

const EVENT_FIELDS =
  "key_id key principal parent_key_id tls_fingerprint id method route scope user_agent region service source_ip ts cost_usd".split(
    " ",
  );
const KEY_TEXTS = [
  "key_id",
  "owner",
  "display",
  "provider",
  "replaces",
  "routing_key_ref",
  "runbook_url",
  "created_at",
];
const KEY_LISTS = ["fingerprints", "holders", "allowed_cidrs", "scopes", "rules"];
const LOOKS = { sessions: openSessions(() => []) };

const key = (fields: object) => () =>
  parseKey({ key_id: "k", key: "acme_live_0123456789", ...fields }, 0, () => ({ fingerprints: [], display: "" }));
const times = <Value>(text: string, value: (index: number) => Value) =>
  Array.from({ length: text.length / 16 }, (_, index) => value(index));
const webhook = (data: object, event: object = {}) => {
  const body = Buffer.from(
    JSON.stringify({
      event: { id: "e", event_type: "incident.annotated", occurred_at: "2026-03-08T02:11:00Z", data, ...event },
    }),
  );
  return () => parseWebhook(body);
};

/** Everything of ours that reads text of others: given a text, the work of reading it. */
export const TEXT_READERS: Readonly<Record<string, (text: string) => () => unknown>> = {
  "a body that is no NDJSON": (text) => {
    const body = Buffer.from(text);
    return () => acceptEvents(body, "ndjson", rules());
  },
  "a body that is no JSON": (text) => {
    const body = Buffer.from(text);
    return () => acceptEvents(body, "json", rules());
  },
  ...Object.fromEntries(
    EVENT_FIELDS.map((field) => [
      `${field} of an event`,
      (text: string) => {
        const event = {
          ts: 1,
          ...(field === "key" || field === "key_id" ? {} : { key: "acme_live_0123456789" }),
          [field]: text,
        };
        const body = Buffer.from(JSON.stringify(event));
        return () => acceptEvents(body, "ndjson", rules());
      },
    ]),
  ),
  ...Object.fromEntries(KEY_TEXTS.map((field) => [`${field} of a key`, (text: string) => key({ [field]: text })])),
  ...Object.fromEntries(
    KEY_LISTS.flatMap((field) => [
      [`${field} of a key`, (text: string) => key({ [field]: [text] })],
      [`${field} of a key, many`, (text: string) => key({ [field]: times(text, (index) => `${index}`) })],
    ]),
  ),
  "prices of a key": (text) => key({ prices: { [text]: 1 } }),
  "prices of a key, many": (text) => key({ prices: Object.fromEntries(times(text, (index) => [index, 1])) }),
  "fields that a key has not": (text) => key(Object.fromEntries(times(text, (index) => [`no_field_${index}`, 1]))),
  "a field's name of a key": (text) => key({ [text]: 1 }),
  "names of rules": (text) => key({ rules: [{ kind: "spend", usd: 1, per: "day", name: text, time_zone: text }] }),
  "a rotation": (text) => () => parseRotation({ to: text, key: text, due: text }, "k", 0, null),
  "a report of a leak": (text) => {
    const body = JSON.stringify({ token: "acme_live_0123456789", url: text, source: text, type: text });
    return () => parseLeakReports(body, "plain", 0);
  },
  "a report of a leak that was signed": (text) => {
    const body = JSON.stringify(times(text, () => ({ token: "acme_live_0123456789", url: text.slice(0, 9) })));
    return () => parseLeakReports(body, "github", 0);
  },
  "a note of PagerDuty": (text) => webhook({ content: text }),
  "a name of PagerDuty": (text) =>
    webhook({ assignees: times(text, () => ({ summary: text.slice(0, 16) })) }, { agent: { summary: text } }),
  "a form": (text) => {
    const form = new URLSearchParams({ act: "expect", name: text, note: text, networks: text, until: text });
    return () => parseAct(form, 0);
  },
  "a note on the command line": (text) => () => judgePersonText(onOneLine(text), 1000),
  "an Authorization header": (text) => () => judgeAccess([], `Bearer ${text}`, "read"),
  "a Cookie header": (text) => () => actorOf(fastifyCookie.parse(text), { person: null, who: "" }),
  "a session's cookie": (text) => () => LOOKS.sessions.read({ plimsoll_session: text }, 0, true),
  "a signature": (text) => () => isSigned(Buffer.from("x"), signaturesIn(`v1=${text}`), ["secret"]),
  "a Retry-After header": (text) => () => parseRetryAfter(text, 0),
  "a record of CloudTrail": (text) => {
    const record = {
      eventName: text,
      eventSource: text,
      eventID: text,
      userAgent: text,
      awsRegion: text,
      errorCode: text,
      sourceIPAddress: text,
    };
    return () =>
      parseCloudTrailRecord({
        ...record,
        eventTime: "2026-03-08T02:11:00Z",
        userIdentity: { accessKeyId: "A".repeat(16) },
      });
  },
  "a line of any log": (text) => {
    const time = "[26/Nov/2026:12:57:21 +0000]";
    const lines = [
      text,
      `${text} - - ${time} "GET / HTTP/1.1" 200 1 "-" "-"`,
      `198.51.100.7 - - ${time} "GET ${text} HTTP/1.1" 200 1 "-" "-"`,
      `198.51.100.7 - u ${time} "GET /?${text} HTTP/1.1" 200 1 "-" "${text}" ${text}`,
      `https 2026-11-26T12:57:21Z app/a [${text} ${text} ${text}`,
      `198.51.100.7:1 [26/Nov/2026:12:57:21.633] f b/s 1/1/1/1/1 200 1 - - {${text} "${text}`,
    ];
    return () => FORMATS.map((format) => lines.map((line) => format.parse(line, SILENT)));
  },
  "a record of any log": (text) => {
    const records = logFixtures().flatMap((fixture) => {
      const format = FORMATS.find(({ name }) => name === fixture.format);
      if (format === undefined || !fixture.text.startsWith("{")) return [];
      const record = withTexts(JSON.parse(fixture.text), text);
      return [...(format.unwrap?.(record) ?? [record])].map((one) => [format, one] as const);
    });
    return () => records.map(([format, record]) => format.parse(record, SILENT));
  },
  "a request's target": (text) => () => [text, `/${text}`, `/?${text}`, `/?api_key=${text}`].map(splitTarget),
  "a route": (text) => () => [foldRoute(text), foldRoute(`/1${text}`)],
  "a networks file": (text) => () => parseNetworks(`${text}\n${text.replaceAll("/", "\n")}`),
  "a line of CSV": (text) => () => [parseCsvLine(`"${text}`), parseCsvLine(text)],
  "a file of CSV": (text) => () => [parseCsv(`"${text}`), parseCsv(text)],
  "a file of keys": (text) => () => readKeyEntries(text),
  "an address": (text) => () => [parseAddress(text), parsePrefix(text), parsePrefix(`::${text}`)],
  "an instant": (text) => () => [parseInstant(text), parseInstant(`2026-03-08T02:11:00.${text}`)],
  "a decimal number": (text) => () => parseDecimal(text, 6),
  "a network's name": (text) => () => networkTypeOf(0, text),
  "an error of ClickHouse": (text) => () => explainClickHouse(Object.assign(new Error(text), { code: "ECONNREFUSED" })),
  "a raw key's display": (text) => () => displayOf(text),
  "a field for CSV": (text) => () => csvText([[text]]),
  "an argument for a shell": (text) => () => shellQuote(text),
  "a line for a terminal": (text) => () => [oneLine(text), hasUnprintable(text)],
};
