import type { NotificationKind, Severity } from "../model/incident/page.js";
import { minuteText } from "../text/clock-text.js";
import type { Notification } from "./notification.js";
import { link, mrkdwn, plain } from "./slack-text.js";

/** Slack's limits, by https://docs.slack.dev/reference/block-kit/blocks: what is longer is refused as a whole. */
const HEADER = 150;
const SECTION = 3000;
const FIELDS = 10;
const FIELD = 2000;
/** Far below the 50 of a message: nobody scrolls through more, and the incident's view has all. */
const MOST_SECTIONS = 16;
const MOST_FIELDS = 2 * FIELDS;
/** Of a list so many entries are shown, and so much of each. */
const ENTRIES = 5;
const ENTRY = 300;
/** What is no longer than this stands beside another. */
const SHORT = 60;
const SENTENCE = 1000;
const CONTEXT = 500;
const FALLBACK = 600;

/** For analysts, who have them in the incident's view; what names the incident stands in the last line. */
const LEFT_OUT: ReadonlySet<string> = new Set(["query", "finding", "incident", "see"]);
/** What on-call reads first. */
const FIRST = /^(why_|next_steps$|containment$)/;

const COLOURS: Readonly<Record<Severity, string>> = {
  critical: "#b3261e",
  error: "#e8590c",
  warning: "#f2c744",
  info: "#8a8f98",
};
const OVER = "#2e7d32";

type Block = Readonly<Record<string, unknown>>;

/** The JSON of a message for an incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export function slackMessage(notification: Notification): string {
  const { kind, page, summary, links } = notification;
  const title = `${leadOf(notification)}: ${summary}`;
  const fallback = mrkdwn(title, FALLBACK);
  const ways = links.map(({ href, text }) => link(href, text || href)).filter((way) => way !== null);
  const details = detailBlocks(notification);
  return JSON.stringify({
    text: fallback,
    blocks: [
      { type: "header", text: { type: "plain_text", text: plain(title, HEADER), emoji: false } },
      // What the header cut off.
      ...(title.length > HEADER ? [section(mrkdwn(summary, SECTION))] : []),
      // A long attachment is folded by Slack: what leads on stands above it.
      ...(ways.length === 0 ? [] : [section(joinWithin(ways, "  ·  ", SECTION))]),
    ],
    attachments: [
      {
        color: kind === "resolved" ? OVER : COLOURS[page.severity],
        fallback,
        blocks: [...details, contextOf(notification)],
      },
    ],
    unfurl_links: false,
    unfurl_media: false,
  });
}

const LEADS: Readonly<Record<NotificationKind, (severity: string) => string>> = {
  opened: (severity) => severity.toUpperCase(),
  reopened: (severity) => `${severity.toUpperCase()}, reopened`,
  escalated: (severity) => `${severity.toUpperCase()}, escalated`,
  updated: (severity) => `Update (${severity})`,
  acknowledged: () => "Acknowledged",
  resolved: () => "Resolved",
  superseded: () => "Superseded",
};

function leadOf({ kind, page: { topic, severity } }: Notification): string {
  return topic === "change" ? "Key changed" : LEADS[kind](severity);
}

function detailBlocks({ details }: Notification): readonly Block[] {
  const shown = Object.entries(details).filter(([name]) => !LEFT_OUT.has(name));
  const isFirst = ([name]: readonly [string, unknown]) => FIRST.test(name);
  const isShort = ([, value]: readonly [string, unknown]) => typeof value !== "object" && textOf(value).length <= SHORT;
  const first = shown.filter(isFirst);
  const short = shown.filter((entry) => !isFirst(entry) && isShort(entry)).slice(0, MOST_FIELDS);
  const long = shown.filter((entry) => !isFirst(entry) && !isShort(entry));
  const isList = ([, value]: readonly [string, unknown]) => Array.isArray(value);
  const sentences = long.filter((entry) => !isList(entry)).map(sentence);
  const fields = short.map(([name, value]) => field(name, value));
  const rows = Array.from({ length: Math.ceil(fields.length / FIELDS) }, (_, row) => ({
    type: "section",
    fields: fields.slice(row * FIELDS, (row + 1) * FIELDS),
  }));
  return [...first.map(detail), ...rows, ...paragraphs(sentences), ...long.filter(isList).map(detail)].slice(
    0,
    MOST_SECTIONS,
  );
}

function field(name: string, value: unknown): Block {
  return mrkdwnObject(`*${labelOf(name)}*\n${mrkdwn(textOf(value), FIELD / 2) || "–"}`);
}

function detail([name, value]: readonly [string, unknown]): Block {
  const head = `*${labelOf(name)}*\n`;
  if (!Array.isArray(value)) return section(head + (mrkdwn(textOf(value), SECTION - head.length) || "–"));
  const lines = value.slice(0, ENTRIES).map((entry) => `• ${mrkdwn(textOf(entry), ENTRY)}`);
  const left = value.length - lines.length;
  return section(head + [...lines, ...(left > 0 ? [`and ${left} more in the incident's view`] : [])].join("\n"));
}

function sentence([name, value]: readonly [string, unknown]): string {
  return `*${labelOf(name)}:* ${mrkdwn(textOf(value), SENTENCE) || "–"}`;
}

/** As few sections of lines as hold them all. */
function paragraphs(lines: readonly string[]): readonly Block[] {
  const texts: string[] = [];
  for (const line of lines) {
    const longer = texts.length === 0 ? line : `${texts.at(-1)}\n${line}`;
    if (texts.length > 0 && longer.length <= SECTION) texts.splice(-1, 1, longer);
    else texts.push(line);
  }
  return texts.map(section);
}

/** Names of details are ours; what PagerDuty's limits made of one is cut like any text. */
function labelOf(name: string): string {
  const words = mrkdwn(name.replaceAll("_", " "), 100).replaceAll("*", "");
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}` || "–";
}

function contextOf({ page, at, details }: Notification): Block {
  const way = typeof details["see"] === "string" ? details["see"] : page.incidentId;
  const said = plain(`${minuteText(at)} · ${way}`, CONTEXT);
  return { type: "context", elements: [{ type: "plain_text", text: said, emoji: false }] };
}

const section = (text: string): Block => ({ type: "section", text: mrkdwnObject(text) });

/** Verbatim: Slack makes no links and mentions of addresses and names in it by itself. */
const mrkdwnObject = (text: string): Block => ({ type: "mrkdwn", text, verbatim: true });

function joinWithin(parts: readonly string[], between: string, most: number): string {
  return parts.reduce((whole, part) => {
    const longer = whole === "" ? part : `${whole}${between}${part}`;
    return longer.length <= most ? longer : whole;
  }, "");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
