import { printable } from "../text/clean-text.js";
import { shortenText } from "../text/shorten-text.js";

/**
 * A text as Slack's mrkdwn shows it as it is, in at most so many characters after escaping: & < > are written as entities, so that no mention, link or
 * channel comes of what somebody else wrote; and it stays in its own line.
 */
export function mrkdwn(text: string, most: number): string {
  const line = oneLine(text);
  // Cut before it is escaped, so that no entity is cut in two; each cut takes off what was too much.
  for (let room = most; room > 0;) {
    const escaped = escape(shortenText(line, room));
    if (escaped.length <= most) return escaped;
    room = Math.min(room - 1, Array.from(line).length - 1, Math.floor((room * most) / escaped.length));
  }
  return "";
}

/** A text for Slack's plain_text, which knows no markup; angle brackets are replaced all the same. */
export function plain(text: string, most: number): string {
  const line = oneLine(text).replaceAll("<", "‹").replaceAll(">", "›");
  let short = shortenText(line, most);
  for (let room = most - 1; short.length > most; room -= 1) short = shortenText(line, room);
  return short;
}

/** A link, or null where Slack would take none: web addresses of at most 2,000 characters. */
export function link(href: string, text: string): string | null {
  const url = URL.canParse(href) ? new URL(href) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const address = url.href
    .replaceAll("|", "%7C")
    .replaceAll("<", "%3C")
    .replaceAll(">", "%3E")
    .replaceAll("&", "&amp;");
  // A bar in the text would end it in some clients.
  return address.length > 2000 ? null : `<${address}|${mrkdwn(text.replaceAll("|", "/"), 200) || "link"}>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function oneLine(text: string): string {
  return printable(text.replaceAll(/\s+/g, " ")).trim();
}
