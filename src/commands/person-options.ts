import { parsePrefix } from "../model/network/address.js";
import { MOST_EXPECTED_DAYS } from "../model/incident/suppression.js";
import type { IncidentVerdict, PersonsWord } from "../model/incident/incident.js";
import { parseEnd } from "../model/parse-instant.js";
import {
  judgePersonText,
  LONGEST_NAME,
  LONGEST_NOTE,
  looksVerified,
  onOneLine,
} from "../model/incident/person-text.js";
import { previewSentences, type SuppressionPreview } from "../pipeline/incident/preview-suppression.js";
import { DAY_MS } from "../time/day.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** Options of everything that people do in their own name. */
export interface ActOptions {
  readonly note: string;
  readonly by: string;
}

/** Who acts, and why. @throws CommandFailure for a name that is none, and text that is not kept */
export function personOf({ note, by }: ActOptions, verdict: IncidentVerdict | null): PersonsWord {
  const actor = personText("the name (--by)", by, LONGEST_NAME);
  if (actor === "") throw new CommandFailure(EXIT.usage, "--by is empty: give your name");
  if (looksVerified(actor))
    throw new CommandFailure(
      EXIT.usage,
      "--by begins with oidc:, which the issuer alone gives: type your name without it",
    );
  return { actor, note: personText("the note", note, LONGEST_NOTE), verdict, eventId: null, url: null };
}

/** The same of what is done for a reason, as on the dashboard. @throws CommandFailure without one */
export function reasonedPersonOf(options: ActOptions, verdict: IncidentVerdict | null): PersonsWord {
  const person = personOf(options, verdict);
  if (person.note === "") throw new CommandFailure(EXIT.usage, "--note is missing: give a reason, for the record");
  return person;
}

function personText(what: string, given: string, longest: number): string {
  const text = onOneLine(given);
  const problem = judgePersonText(text, longest);
  if (problem === null) return text;
  const said = {
    "too long": `${what} is too long: at most ${longest} characters`,
    "raw key": `${what} contains what looks like a raw key: leave it out`,
    unprintable: `${what} contains unprintable characters: type it again`,
  };
  throw new CommandFailure(EXIT.usage, said[problem]);
}

/** The instant (epoch ms) that --until names; of a date its end, in UTC. @throws CommandFailure unless it lies in the next 90 days */
export function parseUntil(text: string, now: number): number {
  const until = parseEnd(text);
  if (until === undefined)
    throw new CommandFailure(EXIT.usage, "--until must be a time like 2026-03-08T02:11:00Z, or a date");
  if (until <= now || until > now + MOST_EXPECTED_DAYS * DAY_MS)
    throw new CommandFailure(EXIT.usage, `--until must be within the next ${MOST_EXPECTED_DAYS} days`);
  return until;
}

/** The blocks that --network names. @throws CommandFailure for one that is none */
export function networksOf(given: readonly string[] | undefined): readonly string[] | null {
  for (const network of given ?? []) {
    if (parsePrefix(network) === null)
      throw new CommandFailure(EXIT.usage, `--network ${network}: write a block like 203.0.113.0/24`);
  }
  return given ?? null;
}

/** Lets nothing wide pass unseen. @throws CommandFailure for networks that are never taken, or that are wide and not confirmed */
export function confirmed(preview: SuppressionPreview, yes: boolean | undefined): void {
  if (preview.refusal === null && (preview.wide.length === 0 || yes === true)) return;
  const again = preview.refusal === null ? ["To accept all of that, add --yes."] : [];
  throw new CommandFailure(EXIT.usage, ...previewSentences(preview), ...again);
}
