/** Names under which documents hold lists of records, and what these lists lie in. */
const HOLDERS = new Set(
  "Records records Events events logEvents Messages QueryResultRows hits results data resourceLogs scopeLogs logRecords resourceSpans scopeSpans spans".split(
    " ",
  ),
);
/** Lists of records lie no deeper: a resource's scope's records. */
const DEEPEST = 8;
const [QUOTE, COLON, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 58, 92, 91, 93, 123, 125] as const;

/** A list or object that is begun. */
interface Frame {
  readonly isList: boolean;
  /** Whether all that it lies in holds records, and nothing of one. */
  readonly holdsRecords: boolean;
  /** Where the last whole object of a list ends, or the list begins; of an object, where what holds records in it ends. */
  end: number;
  /** Whole objects in a list, or what holds records in an object. */
  whole: number;
  /** Of an object, the name of what follows. */
  name: string;
}

/**
 * A document of JSON that breaks off, such as `{"Records":[{…},{…},{…`, ended behind the last whole record of its list; null where it holds no list of
 * records. What is a part of one record alone is none: half of it would pass for the whole. One pass over the text.
 */
export function mendJson(text: string): { readonly value: unknown } | null {
  const frames = openAtEnd(text);
  const lists = frames.filter(({ isList, holdsRecords }) => isList && holdsRecords);
  // Of a document whose list is whole the end is missing.
  const last = lists.length === 0 ? frames.findLast(({ holdsRecords, whole }) => holdsRecords && whole > 0) : undefined;
  const kept = lists.find(({ whole }) => whole > 0) ?? lists[0] ?? last;
  if (kept === undefined) return null;
  const closed = frames.slice(0, frames.indexOf(kept) + 1).toReversed();
  try {
    return { value: JSON.parse(text.slice(0, kept.end) + closed.map(({ isList }) => (isList ? "]" : "}")).join("")) };
  } catch {
    return null;
  }
}

/** What a text leaves open, from the outermost on. */
function openAtEnd(text: string): Frame[] {
  const frames: Frame[] = [];
  let deeper = 0;
  let lastText = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const top = frames.at(-1);
    if (code === QUOTE) {
      const from = at + 1;
      at = endOfText(text, from);
      lastText = [from, at];
    } else if (code === COLON && deeper === 0 && top !== undefined) top.name = text.slice(...lastText);
    else if (code === OPEN || code === OPEN_LIST) {
      if (frames.length === DEEPEST) deeper += 1;
      else frames.push(frameOf(code === OPEN_LIST, at, top, frames.length));
    } else if (code === CLOSE || code === CLOSE_LIST) {
      if (deeper > 0) {
        deeper -= 1;
        continue;
      }
      const ended = frames.pop();
      const around = frames.at(-1);
      if (ended === undefined || around === undefined) continue;
      const holdsSome = ended.holdsRecords && (ended.isList || ended.whole > 0);
      if (around.isList ? ended.isList : !holdsSome) continue;
      around.end = at + 1;
      around.whole += 1;
    }
  }
  return frames;
}

function frameOf(isList: boolean, at: number, around: Frame | undefined, depth: number): Frame {
  // A span of OpenTelemetry has events of its own.
  const isHolder = (name: string) => HOLDERS.has(name) && (depth === 1 || name.toLowerCase() !== "events");
  const holdsRecords = around === undefined || (around.holdsRecords && (around.isList || isHolder(around.name)));
  return { isList, holdsRecords, end: at + 1, whole: 0, name: "" };
}

function endOfText(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
