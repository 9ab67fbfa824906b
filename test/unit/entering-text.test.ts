import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWebhook } from "../../src/http/pagerduty-webhook.js";
import { parseCloudTrailRecord } from "../../src/import/cloudtrail-record.js";
import { cleanText, isBlank } from "../../src/text/clean-text.js";
import { parseLeakReports } from "../../src/model/key/leak-report.js";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { NetworkRows } from "../../src/model/network/network-rows.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { judgePersonText, onOneLine } from "../../src/model/incident/person-text.js";
import { oneLine } from "../../src/commands/print-table.js";
import { parseAct } from "../../src/web/parse-act.js";
import { rules } from "../helpers/ingest-rules.js";

/** What turns the direction of writing, steers a terminal, or hides words in a text. */
const MARKS = Object.entries({
  "right-to-left override": "\u202e",
  "left-to-right embedding": "\u202a",
  isolate: "\u2067",
  "right-to-left mark": "\u200f",
  "Arabic letter mark": "\u061c",
  escape: "\u001b[31m",
  "control sequence": "\u009b2J",
  bell: "\u0007",
  "line separator": "\u2028",
  tag: "\u{e0041}",
});
const BLANKS = [" ", "\u00a0", "\u200b", "\u3164", "\u2800", "\u2060 \u200d"];

const eventWith = (fields: object) => parseRequestEvent({ ts: 1_772_000_000_000, key_id: "k", ...fields }, rules());
const keyWith = (fields: object) => parseKey({ key_id: "k", ...fields }, 0);
const webhookWith = (name: string) =>
  parseWebhook(
    Buffer.from(
      JSON.stringify({
        event: {
          id: "e",
          event_type: "incident.annotated",
          occurred_at: "2026-03-08T02:11:00Z",
          agent: { summary: name },
          data: { content: name, html_url: name },
        },
      }),
    ),
  );
const builtIn = (name: string) => {
  const rows = new NetworkRows();
  rows.add(`192.0.2.0,192.0.2.255,64500,${name}`);
  return rows.build().lookup("192.0.2.1");
};

/** Every way in: what is kept of a text, or a refusal. */
const WAYS: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(
    ["key_id", "id", "method", "route", "scope", "user_agent", "region", "service"].map((field) => [
      `${field} of an event`,
      (text: string) => eventWith({ [field]: text }),
    ]),
  ),
  ...Object.fromEntries(
    [
      "key_id",
      "display",
      "owner",
      "service",
      "provider",
      "environment",
      "replaces",
      "routing_key_ref",
      "runbook_url",
    ].map((field) => [`${field} of a key`, (text: string) => keyWith({ [field]: text })]),
  ),
  "holders of a key": (text) => keyWith({ holders: [text] }),
  "scopes of a key": (text) => keyWith({ scopes: [text] }),
  "a priced route": (text) => keyWith({ prices: { [text]: 1 } }),
  "a rule's name": (text) => keyWith({ rules: [{ kind: "spend", usd: 1, per: "day", name: text }] }),
  "a networks file": (text) => parseNetworks(`cidr,asn,name,type\n192.0.2.0/24,64500,${text},hosting\n`).problems,
  "the built-in networks": builtIn,
  "PagerDuty's notes and names": webhookWith,
  "a report of a leak": (text) =>
    parseLeakReports(
      JSON.stringify({ token: "acme_live_0123456789", url: text, source: text, type: text }),
      "plain",
      0,
    ),
  "a record of CloudTrail": (text) =>
    parseCloudTrailRecord({
      eventTime: "2026-03-08T02:11:00Z",
      userIdentity: { accessKeyId: "A".repeat(16) },
      eventName: text,
      eventSource: text,
      userAgent: text,
      awsRegion: text,
    }),
  "a form": (text) => {
    const form = new URLSearchParams({ act: "resolve", name: "Ana", note: text, verdict: "leak" });
    const parsed = parseAct(form, 0);
    return parsed === null || "problems" in parsed ? null : parsed;
  },
  "the command line": (text) => (judgePersonText(onOneLine(text), 100) === null ? onOneLine(text) : null),
  "a line on a terminal": oneLine,
  "a text of any kind": (text) => cleanText(text, 100).text,
};

/** All texts in a value, however deep. */
function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...Object.keys(value), ...Object.values(value).flatMap(textsOf)];
}

test("what turns writing, steers a terminal or hides words is taken out or refused wherever text enters", () => {
  const kept = Object.entries(WAYS).flatMap(([way, read]) =>
    MARKS.flatMap(([name, mark]) => {
      const first = Array.from(mark)[0]!;
      return textsOf(read(`a${mark}b`)).some((text) => text.includes(first)) ? [`${way}: ${name}`] : [];
    }),
  );
  assert.deepEqual(kept, []);
  // What joins letters and emoji, and letters of any script, are nothing of the kind.
  for (const text of ["👩‍💻 оплата", "پرداخت‌ها", "決済", "Ana Önder"]) assert.equal(cleanText(text, 100).text, text);
});

test("a name of which nothing can be seen is no name: an owner is then not on record, and a key, scope or person must have one", () => {
  for (const blank of BLANKS) {
    assert.ok(isBlank(blank));
    const parsed = keyWith({ owner: blank, service: blank, display: blank });
    assert.ok("key" in parsed, JSON.stringify(parsed));
    assert.deepEqual([parsed.key.owner, parsed.key.service, parsed.key.display], ["", "", ""]);
    assert.equal((eventWith({ key_id: blank }) as { reason?: string }).reason, "bad_key_id");
    for (const fields of [{ key_id: blank }, { scopes: [blank] }, { holders: [blank] }]) {
      const refused = keyWith(fields);
      assert.ok("problems" in refused, JSON.stringify(fields));
      assert.match(refused.problems.join(), /(key_id|scopes\[0\]|holders\[0\]): must /);
    }
    assert.equal(onOneLine(blank), "");
  }
  const trimmed = keyWith({ owner: "  growth " });
  assert.ok("key" in trimmed && trimmed.key.owner === "growth");
});
