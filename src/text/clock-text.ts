/** `2026-03-08 11:32 UTC` of an instant in epoch ms. */
export function minuteText(at: number): string {
  return minuteOfText(new Date(at).toISOString());
}

/** The same of an instant that is RFC 3339 text already; it cannot fail, whatever the text. */
export function minuteOfText(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}

/** Hour and minute of an instant as `11:32 UTC`, with month and day before it where that is not the day of `seenAt`, both epoch ms. */
export function clockText(at: number, seenAt: number): string {
  const [text, seen] = [new Date(at).toISOString(), new Date(seenAt).toISOString()];
  const day = text.slice(0, 10) === seen.slice(0, 10) ? "" : `${text.slice(5, 10)} `;
  return `${day}${text.slice(11, 16)} UTC`;
}

/** `since 11:32 UTC`, or for what was last seen at an instant (RFC 3339) `from 11:32 to 13:59 UTC`, with the day where it is not that of `seenAt`; others epoch ms. */
export function spanText(from: number, endedAt: string | null, seenAt: number): string {
  if (endedAt === null) return `since ${clockText(from, seenAt)}`;
  return `from ${clockText(from, seenAt).replace(" UTC", "")} to ${clockText(Date.parse(endedAt), seenAt)}`;
}
