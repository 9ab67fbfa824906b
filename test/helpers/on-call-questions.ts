import assert from "node:assert/strict";
import { INCIDENT_QUESTIONS, ownGoOn } from "./incident-questions.js";
import { falsePagesOf, STORY } from "./on-call-story.js";
import { count, esc, minute, sum, usd } from "./on-call-texts.js";
import type { AskedPlace, OnCallQuestion, Walk } from "./on-call-walk.js";

/** The twenty questions that on-call and the analyst ask. */
export const ON_CALL_QUESTIONS: readonly OnCallQuestion[] = [
  ...INCIDENT_QUESTIONS,
  {
    number: 11,
    question: "Is the owner still active beside it?",
    go: async ({ click }) => click("Contain…"),
    says: () => [],
    holds: ownGoOn,
  },
  {
    number: 12,
    question: "What changed on the key lately (limit, scopes, rotation, deploy)?",
    says: () => [
      new RegExp(
        `What changed on the key\\s+recent key changes\\s[^\\n]*limit 600/min → ${STORY.change.limitPerMinute}/min; monthly budget none → \\$${STORY.change.monthlyBudgetUsd}[^\\n]*cli ana`,
      ),
    ],
  },
  {
    number: 13,
    question: "Did we see this before on this key, and what was it then?",
    says: ({ stolen }) => [
      new RegExp(
        `Other incidents of this key, the newest first\\n[^\\n]*\\n[\\d-]+ [\\d:]+\\t\\s*${esc(stolen)}: leak\\s*\\tresolved\\tbenign`,
      ),
    ],
  },
  {
    number: 14,
    question: "Is the key known to be public?",
    says: () => [
      /Known to be public: yes\./,
      new RegExp(`[\\d-]+ [\\d:]+\\t[\\d-]+ [\\d:]+\\tgithub\\t${esc(STORY.reportedAt)}\\tlive`),
    ],
  },
  {
    number: 15,
    question: "Show me the raw requests of this address, 02:10 to 02:20.",
    go: async ({ click, ask }, { address, from, to }) => {
      await click(address);
      await click("Raw requests");
      await ask({ "From, UTC": from, "To, UTC": to });
    },
    says: () => [/Raw requests in the order of time, the first 200\n/],
    holds: async (text, { address, stolen, from, to, rawRows }, page) => {
      const shown = [...text.matchAll(/^(\d{4}-\d\d-\d\d [\d:]{8})\t(\S+)\n[^\n]*\n\t(\S+)\n/gm)];
      assert.equal(shown.length, 200);
      for (const [, at = "", keyId, source] of shown) {
        assert.deepEqual([keyId, source], [stolen, address]);
        assert.ok(at.replace(" ", "T") >= from && at.replace(" ", "T") < `${to}:00`, at);
      }
      const csv = await page.locator("main").getByRole("link", { name: /^CSV/ }).getAttribute("href");
      const answer = await page.request.get(new URL(csv!, page.url()).href);
      const lines = (await answer.text()).trimEnd().split("\r\n");
      assert.equal(lines.length - 1, rawRows);
    },
  },
  {
    number: 16,
    question: "What does client X (user agent) do across all keys?",
    go: async ({ click }) => click("on all keys"),
    says: ({ key, first, last, sinceOnset }) => [
      /Keys used by clients with this name, the last use first: 1\n/,
      new RegExp(
        `${esc(key.display)}\\n${esc(key.owner)}, seen by gateway\\s*\\tgo-http-client\\t${minute(first.seen)}\\t${minute(last)}\\t` +
          `${count(sinceOnset.blamed + sum(STORY.refusals))}\\t${sum(STORY.refusals)}\\t${esc(usd(sinceOnset.blamedMicros))}`,
      ),
    ],
  },
  {
    number: 17,
    question: "Which keys went over 75 % of their limit for an hour last week?",
    go: async ({ click }) => {
      await click("Keys", "nav");
      await click("near the limit");
    },
    says: ({ fleet }) => [
      /Keys at 75 % of their limit or more for an hour, the nearest first: 1\n/,
      new RegExp(`${esc(fleet.keys.at(-1)!)}\\nsearch team, seen by gateway\\s*\\t1\\t[\\d-]+ [\\d:]+\\t100 %`),
    ],
  },
  ...(["overdue", "unused", "over-scoped", "shared"] as const).map((hygiene) => ({
    number: 18,
    question: `Which keys are ${hygiene}?`,
    go: async ({ click }: Walk) => {
      await click("Keys", "nav");
      await click(hygiene);
    },
    says: () => [],
    holds: async (text: string, { fleet, house }: AskedPlace) => {
      const registry = await house.store.registry.readKeys(Date.now(), await house.store.readClock());
      const used = await house.ask<{ key_id: string; scopes: readonly string[] }>(
        "SELECT key_id, groupUniqArray(scope) AS scopes FROM request_events GROUP BY key_id",
      );
      const isUsed = (keyId: string, scope: string) =>
        used.some(({ key_id, scopes }) => key_id === keyId && scopes.includes(scope));
      const ofFleet = fleet.keys.filter((keyId) => {
        const { holders, scopes } = registry.get(keyId)!;
        if (hygiene === "shared") return holders.length > 1;
        return hygiene === "over-scoped" && scopes.some((scope) => !isUsed(keyId, scope));
      });
      const listed = [...text.matchAll(/^(?:\S+ \()?((?:key_|tidy-)[\w-]+)\)?\t/gm)].map(([, keyId]) => keyId!);
      assert.deepEqual(new Set(listed), new Set([...ofFleet, ...STORY.hygiene[hygiene]]));
      assert.match(text, new RegExp(`Keys: ${listed.length}\\n`));
    },
  })),
  {
    number: 19,
    question: "What did we not see last night, and why?",
    go: async ({ click }) => click("Coverage", "nav"),
    says: ({ unseen }) => [
      new RegExp(
        `From\\tUntil\\tMinutes\\tReason\\n${minute(unseen[0]! - 60)}\\t[\\d-]+ [\\d:]+\\t\\d+\\tno events received in this minute`,
      ),
    ],
  },
  {
    number: 20,
    question: "Which pages of the last month were false, and what did they have in common?",
    go: async ({ click, ask }) => {
      await click("Incidents", "nav");
      await ask({ Judged: "benign" });
    },
    says: ({ fleet, stolen, other, key }) => [
      ...falsePagesOf(fleet.keys, stolen, other).map(
        (keyId) => new RegExp(`resolved\\t\\s*${esc(keyId)}: leak[\\s\\S]*?judged: benign`),
      ),
      new RegExp(`In common of those shown: cause leak \\(3 of 3\\), owner ${esc(key.owner)} \\(2 of 3\\)`),
    ],
    holds: (text) => assert.equal(text.match(/judged: benign/g)?.length, 3),
  },
];
