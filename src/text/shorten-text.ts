/** A word with a digit in it: $1,234.50, 12:33, 203.0.113.7/24; what is longer is a name, and may be cut. */
const FIGURE = /^(?=\S*\d)\S{1,40}$/;
const MONEY = /\$\d[\d,]*(?:\.\d+)?/;

/**
 * At most so many characters, whole ones, with an ellipsis where something is missing. A figure is never cut: half of an amount of money is another
 * amount. It goes as a whole, with the words around it kept.
 */
export function shortenText(text: string, most: number): string {
  const points = Array.from(text);
  if (points.length <= most) return text;
  let kept = points
    .slice(0, Math.max(0, most - 1))
    .join("")
    .trimEnd();
  for (;;) {
    const from = Math.max(kept.lastIndexOf(" "), kept.lastIndexOf("\n")) + 1;
    const word = /^\S*/.exec(text.slice(from))?.[0] ?? "";
    // Also a whole one: right before the ellipsis it would be read as a cut one.
    if (from === 0 || !FIGURE.test(word)) return `${kept}…`;
    kept = kept.slice(0, from).trimEnd();
  }
}

/** The same, with the first amount of money of the text in it, wherever that stood: what it costs is not what gives way. */
export function shortenAround(text: string, most: number): string {
  const short = shortenText(text, most);
  const amount = MONEY.exec(text)?.[0];
  if (amount === undefined || short.includes(amount)) return short;
  const room = most - amount.length - 1;
  return room < 2 ? short : `${shortenText(text, room)} ${amount}`;
}
