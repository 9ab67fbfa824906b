import { judgePersonText } from "../model/incident/person-text.js";

/** What is wrong with a name or note, in a sentence; null when nothing is. */
export function problemOfText(text: string, longest: number): string | null {
  const problem = judgePersonText(text, longest);
  if (problem === "too long") return `This has ${text.length} characters: at most ${longest}.`;
  return problem === null ? null : "This contains unprintable characters: type it again.";
}
