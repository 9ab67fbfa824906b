import type { Page } from "playwright-core";
import type { OpenConsole } from "./open-console.js";

/** Where the walk of a question is, and how many steps it took: a step is a click, or a form or a search that is filled in and sent with Enter. */
export interface Walk {
  readonly page: Page;
  steps: number;
  /** Follows a link or presses a button. */
  readonly click: (name: string | RegExp, within?: string) => Promise<void>;
  /** Fills in fields of the form on the view, by label, and sends it with Enter. */
  readonly ask: (fields: Readonly<Record<string, string>>) => Promise<void>;
}

/** A question as on-call asks it, the way from the incident's view to its answer, and what the answer says. */
export interface OnCallQuestion {
  readonly number: number;
  readonly question: string;
  /** Nothing to do: the incident's view says it. */
  readonly go?: (walk: Walk, place: AskedPlace) => Promise<void>;
  /** What stands on the view that is reached. */
  readonly says: (place: AskedPlace) => readonly RegExp[];
}

/** What the questions are asked about. */
export interface AskedPlace extends OpenConsole {
  /** An address that the incident blames, and its autonomous system as `AS64500`. */
  readonly address: string;
  readonly network: string;
  /** A minute of the leak, as a form takes it: `2026-03-08T02:10`; and ten minutes later. */
  readonly from: string;
  readonly to: string;
}

const esc = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The twenty questions that on-call and the analyst ask. */
export const ON_CALL_QUESTIONS: readonly OnCallQuestion[] = [
  {
    number: 1,
    question: "Is it true? What would make it false?",
    says: () => [
      /Confidence\s+(moderate|high|very high)\s+score [^\n]+ legitimate traffic looks like this once in/,
      /It would be false if [^.]+\./,
    ],
  },
  {
    number: 2,
    question: "Who owns the key, what breaks if I stop it?",
    go: async ({ click }) => click("Contain…"),
    says: () => [/Who uses the key now/, /known source/],
  },
  {
    number: 3,
    question: "From where exactly: network, country of the network's operator, hosting or home?",
    says: ({ network }) => [
      new RegExp(`From where[\\s\\S]*${network} [\\s\\S]*(hosting|ISP|VPN|cloud)[^\\n]*`),
      /Addresses registered in[\s\S]*(\([A-Z]{2}\)|not known: )/,
    ],
  },
  {
    number: 4,
    question: "Has anyone else of ours used that network, ever?",
    go: async ({ click }) => click(/^Who used AS/),
    says: () => [/Ever served from it\s+[2-9] keys, the first at /],
  },
  {
    number: 5,
    question: "Which other keys are used from there now?",
    says: () => [/other keys\s+(also used on|no other key was used from there)/],
  },
  {
    number: 6,
    question: "Since when: first request ever from there?",
    says: ({ address }) => [new RegExp(`${esc(address)}[^\\n]*first seen `)],
  },
  {
    number: 7,
    question: "How much, against what was normal at this hour?",
    says: () => [
      /requests\s+[\d,]+ served since the onset, of which [\d,]+ from new sources; about [\d,]+ expected in that time/,
    ],
  },
  {
    number: 8,
    question: "What did it cost so far, and by Monday?",
    says: () => [/Cost so far\s+\$/i, /projected cost\s+\$[^\n]+ per hour above what is expected; \$[^\n]+ more by /],
  },
  {
    number: 9,
    question: "Which routes and scopes, which of them never before?",
    says: () => [/What for: routes and scopes/, /first time routes and scopes\s+\S/],
  },
  {
    number: 10,
    question: "Was anything refused to it first (reconnaissance)?",
    says: () => [/Refused first: (yes|no)\./],
  },
  {
    number: 11,
    question: "Is the owner still active beside it?",
    go: async ({ click }) => click("Contain…"),
    says: () => [/known source/],
  },
  {
    number: 12,
    question: "What changed on the key lately (limit, scopes, rotation, deploy)?",
    says: () => [/What changed on the key\s+(recent key changes|Nothing was changed of it)/],
  },
  {
    number: 13,
    question: "Did we see this before on this key, and what was it then?",
    says: () => [/What happened before on it\s+Other incidents of this key/],
  },
  {
    number: 14,
    question: "Is the key known to be public?",
    says: () => [/Known to be public: yes\./, /https:\/\/github\.example\/leaked/],
  },
  {
    number: 15,
    question: "Show me the raw requests of this address, 02:10 to 02:20.",
    go: async ({ click, ask }, { address, from, to }) => {
      await click(address);
      await click("Raw requests");
      await ask({ "From, UTC": from, "To, UTC": to });
    },
    says: ({ address }) => [new RegExp(`Raw requests in the order of time[\\s\\S]*${esc(address)}`)],
  },
  {
    number: 16,
    question: "What does client X (user agent) do across all keys?",
    go: async ({ click }) => click("on all keys"),
    says: () => [/Keys used by clients with this name, the last use first: [1-9]/],
  },
  {
    number: 17,
    question: "Which keys went over 75 % of their limit for an hour last week?",
    go: async ({ click }) => {
      await click("Keys", "nav");
      await click("near the limit");
    },
    says: () => [/Keys at 75 % of their limit or more for an hour, the nearest first: [1-9]/],
  },
  ...["overdue", "unused", "over-scoped", "shared"].map((hygiene) => ({
    number: 18,
    question: `Which keys are ${hygiene}?`,
    go: async ({ click }: Walk) => {
      await click("Keys", "nav");
      await click(hygiene);
    },
    says: () => [new RegExp(`Keys: [1-9][\\s\\S]*tidy-${hygiene}`)],
  })),
  {
    number: 19,
    question: "What did we not see last night, and why?",
    go: async ({ click }) => click("Coverage", "nav"),
    says: () => [/no events received in this minute/],
  },
  {
    number: 20,
    question: "Which pages of the last month were false, and what did they have in common?",
    go: async ({ click, ask }) => {
      await click("Incidents", "nav");
      await ask({ Judged: "benign" });
    },
    says: () => [/In common of those shown: [^\n]*\(\d+ of \d+\)/],
  },
];

/** Begins a walk on a page that shows the incident. */
export function beginWalk(page: Page): Walk {
  const walk: Walk = {
    page,
    steps: 0,
    async click(name, within = "main") {
      walk.steps += 1;
      const before = page.url();
      await page
        .locator(within)
        .getByRole("link", { name, exact: typeof name === "string" })
        .first()
        .click();
      await page.waitForURL((url) => url.href !== before);
    },
    async ask(fields) {
      walk.steps += 1;
      for (const [label, value] of Object.entries(fields)) {
        const field = page.locator("main").getByLabel(label, { exact: true }).first();
        if ((await field.evaluate((one) => one.tagName)) === "SELECT") await field.selectOption(value);
        else await field.fill(value);
      }
      const before = page.url();
      await page.locator("main form").first().getByRole("button").first().press("Enter");
      await page.waitForURL((url) => url.href !== before);
    },
  };
  return walk;
}
