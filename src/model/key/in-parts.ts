import type { Lineages } from "./lineage.js";

/** Key ids in parts of `most` or little more: keys of one line, by what they succeed, are in one part. */
export function inParts(ids: readonly string[], lineages: Lineages, most: number): string[][] {
  const lines = new Map<string, string[]>();
  for (const id of ids) {
    const line = beginOf(id, lineages);
    const members = lines.get(line);
    if (members === undefined) lines.set(line, [id]);
    else members.push(id);
  }
  const parts: string[][] = [];
  for (const members of lines.values()) {
    const part = parts.at(-1);
    if (part === undefined || part.length >= most) parts.push([...members]);
    else part.push(...members);
  }
  return parts;
}

/** The key with which a line begins; of a circle, the first by name. */
function beginOf(id: string, lineages: Lineages): string {
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined; at = lineages.get(at)?.at(-1)) {
    if (seen.has(at)) return [...seen].toSorted()[0] ?? id;
    seen.add(at);
  }
  return [...seen].at(-1) ?? id;
}
