import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { readNotification } from "../../src/destination/notification.js";
import { slackMessage } from "../../src/destination/slack-message.js";
import { mrkdwn, plain } from "../../src/destination/slack-text.js";
import { PAGE_TOPICS, SEVERITIES, NOTIFICATION_KINDS, type Page } from "../../src/model/incident/page.js";
import { toPagerDutyEvent } from "../../src/page/pagerduty-event.js";
import { slackProblems } from "../helpers/slack-limits.js";

const pages = new URL("../../../test/fixtures/pages/", import.meta.url);

const part = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "<!channel>",
    "<!here|here>",
    "<@U012AB3CD>",
    "<#C024BE7LR>",
    "<https://evil.example|Runbook>",
    "&lt;!channel&gt;",
    "&",
    "*bold* _it_ ~no~ `code`",
    "\n> quote\n",
    "😀",
    "\u202e",
    "x".repeat(900),
    "&".repeat(700),
    "\ud800",
  ),
);
const wild = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
const value = fc.oneof(
  wild,
  fc.array(wild, { maxLength: 12 }),
  fc.integer(),
  fc.constant(null),
  fc.record({ a: wild }),
);
const anyPage: fc.Arbitrary<Page> = fc
  .record({
    summary: wild,
    source: wild,
    severity: fc.constantFrom(...SEVERITIES),
    notification: fc.constantFrom(...NOTIFICATION_KINDS),
    topic: fc.constantFrom(...PAGE_TOPICS),
    customDetails: fc.dictionary(
      fc.oneof(wild, fc.constantFrom("next_steps", "sources", "see", "why_paged_again")),
      value,
      {
        maxKeys: 40,
      },
    ),
    links: fc.array(fc.record({ href: fc.oneof(fc.webUrl(), wild, fc.constant("javascript:alert(1)")), text: wild }), {
      maxLength: 25,
    }),
  })
  .map((given) => {
    const { topic, severity } = given;
    const body = toPagerDutyEvent(
      Object.assign({ action: "trigger", dedupKey: "k", at: 0, client: "Plimsoll" } as const, given),
    );
    const ids = { pageId: "i/1", incidentId: "i", keyId: null, dedupKey: "k", step: 1, place: 0, routingRef: null };
    return Object.assign(ids, { topic, isMinimal: false, action: "trigger" as const, severity, body });
  });

describe("a message for Slack", () => {
  test("keeps every limit of Block Kit, and mentions and links nobody that is not ours, whatever it is made from", () => {
    fc.assert(
      fc.property(anyPage, (page) => {
        const body = slackMessage(readNotification(page));
        assert.deepEqual(slackProblems(body), []);
        // The only addresses that lead anywhere are those of the event's links.
        const hosts = [...body.matchAll(/<(https?:[^|>]*)\|/g)].map(
          ([, url]) => new URL(url!.replaceAll("&amp;", "&")).host,
        );
        const own = readNotification(page).links.filter(({ href }) => URL.canParse(href));
        assert.ok(hosts.every((host) => own.some(({ href }) => new URL(href).host === host)));
      }),
      { numRuns: 400 },
    );
  });

  test("of every page on record is within the limits, and begins with severity and summary", () => {
    for (const file of readdirSync(pages)) {
      const page = JSON.parse(readFileSync(new URL(file, pages), "utf8")) as Page & { body: object };
      const notification = readNotification({ ...page, body: JSON.stringify(page.body) });
      const body = slackMessage(notification);
      assert.deepEqual(slackProblems(body), [], file);
      const { blocks } = JSON.parse(body) as { blocks: { text: { text: string } }[] };
      assert.match(
        blocks[0]!.text.text,
        /^(CRITICAL|ERROR|WARNING|INFO|Update|Resolved|Acknowledged|Key changed)/,
        file,
      );
    }
  });

  test("shows a text as it is: what is unescaped again is what was given, or its beginning", () => {
    const unescape = (text: string) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 300 }), (text, most) => {
        const shown = mrkdwn(text, most);
        assert.ok(shown.length <= most);
        const line = text.replaceAll(/\s+/g, " ").trim();
        const whole = unescape(shown);
        assert.ok(
          whole === line || whole === "" || line.startsWith(whole.replace(/…$/, "").trimEnd()),
          `${shown} of ${line}`,
        );
      }),
    );
    assert.equal(mrkdwn("<!channel> & <https://evil|x>", 100), "&lt;!channel&gt; &amp; &lt;https://evil|x&gt;");
    assert.equal(plain("<!channel>", 100), "‹!channel›");
  });
});
