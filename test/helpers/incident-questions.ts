import assert from "node:assert/strict";
import { STORY } from "./on-call-story.js";
import { amountIn, count, esc, exactly, isNear, minute, sum, usd } from "./on-call-texts.js";
import type { AskedPlace, OnCallQuestion } from "./on-call-walk.js";

/** How the known sources of the key go on beside the attacker's, as the view says it. */
export function ownGoOn(text: string, { own, sinceOnset, address }: AskedPlace): void {
  const requests = amountIn(text, /in the last hour: /);
  assert.ok(requests >= own.least && requests <= own.most, `${requests} of ${own.least} to ${own.most}`);
  isNear(amountIn(text, /requests? from /), own.addresses, 1.5);
  assert.match(text, exactly(`${count(sinceOnset.blamed)} requests from 1 unknown source`), address);
}

const MINUTES_A_DAY = 1440;
const HOUR_SECONDS = 3600;
const { newRoute } = STORY;

/** Questions 1 to 10: what this is, from where, and how much. */
export const INCIDENT_QUESTIONS: readonly OnCallQuestion[] = [
  {
    number: 1,
    question: "Is it true? What would make it false?",
    says: ({ finding, key }) => [
      new RegExp(`Confidence\\s+(high|very high)\\s+score ${esc(finding.score.toFixed(1))}, a notice from `),
      /legitimate traffic looks like this once in [\d,]+ key-days/,
      exactly(`It would be false if ${key.owner} moved, or gave the key to a new host`),
    ],
    holds: (text, { finding }) => assert.ok(amountIn(text, /, a page from /) <= finding.score),
  },
  {
    number: 2,
    question: "Who owns the key, what breaks if I stop it?",
    go: async ({ click }) => click("Contain…"),
    says: ({ key }) => [
      exactly(`Key ${key.display} (${key.service}, ${key.environment}), owner ${key.owner}`),
      /Freeze: refuse everything, the owner's service stops/,
    ],
    holds: ownGoOn,
  },
  {
    number: 3,
    question: "From where exactly: network, country of the network's operator, hosting or home?",
    says: ({ network, type, address }) => [
      exactly(`${address} ${network} (${type}): `),
      // The addresses of the story are no registry's.
      exactly(
        `${network} (${type})\t`,
        `${type}: servers that anybody can rent, no home\tnot known: no registry’s record has these addresses\t1\tWho used ${network}`,
      ),
    ],
  },
  {
    number: 4,
    question: "Has anyone else of ours used that network, ever?",
    go: async ({ click }) => click(/^Who used AS/),
    says: ({ first, key, otherKey }) => [
      new RegExp(`Ever served from it\\s+2 keys, the first at ${minute(first.ever)}\\n`),
      ...[key, otherKey].map(({ display, owner }) => exactly(`${display}\n${owner}, seen by gateway`)),
    ],
  },
  {
    number: 5,
    question: "Which other keys are used from there now?",
    says: ({ otherKey, first }) => [
      exactly(
        `other keys\nalso used on 1 other key:\n${otherKey.display} (${otherKey.keyId}), ${otherKey.owner}: `,
        `0 requests from the same addresses, first served there ${minute(first.ever)} UTC`,
      ),
    ],
  },
  {
    number: 6,
    question: "Since when: first request ever from there?",
    says: ({ address, network, first }) => [
      new RegExp(`${esc(address)} ${network}[^\\n]*, first served ${minute(first.served)} UTC`),
      exactly(`at 1 of 1 blamed address, from ${minute(first.seen)} on, before the first was served`),
    ],
  },
  {
    number: 7,
    question: "How much, against what was normal at this hour?",
    says: ({ sinceOnset }) => [
      exactly(
        `requests\n${count(sinceOnset.served)} served since the onset, of which ${count(sinceOnset.blamed)} from new sources; about `,
      ),
    ],
    holds: (text, { usual }) => isNear(amountIn(text, /from new sources; about /), usual, 2),
  },
  {
    number: 8,
    question: "What did it cost so far, and by Monday?",
    says: ({ sinceOnset }) => [
      exactly(`Cost so far\n${usd(sinceOnset.blamedMicros)}\n`),
      exactly(
        `cost\n${usd(sinceOnset.spendMicros)} since the onset, of which ${usd(sinceOnset.blamedMicros)} from new sources`,
      ),
    ],
    holds: (text, { sinceOnset, finding }) => {
      const hours = (finding.tick - finding.onset) / HOUR_SECONDS;
      const perHour = amountIn(text, /projected cost\s+/);
      isNear(perHour, sinceOnset.blamedMicros / 1e6 / hours, 1.2);
      const [, until = ""] = / more by (?:\w+ )?(\d+ \w+ \d\d:\d\d) UTC/.exec(text) ?? [];
      const morning = Date.parse(
        `${until.replace(/ (?=\d\d:)/, ` ${new Date(finding.tick * 1000).getUTCFullYear()} `)} UTC`,
      );
      // At the turn of the year it is the next one.
      const left =
        (morning / 1000 - finding.tick + (morning / 1000 < finding.tick ? 365 * MINUTES_A_DAY * 60 : 0)) / HOUR_SECONDS;
      assert.ok(left > 0 && left <= 72 + 9, `until ${until} there are ${left} hours`);
      isNear(amountIn(text, /above what is expected; /), perHour * left, 1.02);
    },
  },
  {
    number: 9,
    question: "Which routes and scopes, which of them never before?",
    says: ({ network, type }) => [
      exactly(`first time routes and scopes\nroute ${newRoute.route}: ${sum(newRoute.requests)} requests, $0.01\n`),
      exactly(`scope ${newRoute.scope}: ${sum(newRoute.requests)} requests`),
      new RegExp(`${esc(`${network} (${type})`)}\\tGET ${esc(newRoute.route)}\\t\\s*${sum(newRoute.requests)}\\t`),
      new RegExp(`${esc(`${network} (${type})`)}\\t(?:GET|POST) /v1/charges\\b`),
    ],
  },
  {
    number: 10,
    question: "Was anything refused to it first (reconnaissance)?",
    says: ({ first }) => [
      exactly(
        `Refused first: yes. ${sum(STORY.refusals)} refusals (401) at 1 of 1 blamed address, from ${minute(first.seen)} on, `,
        `before the first was served at ${minute(first.served)}`,
      ),
    ],
  },
];
