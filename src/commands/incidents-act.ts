import { parsePrefix } from "../model/address.js";
import { MOST_EXPECTED_DAYS, USUAL_EXPECTED_DAYS } from "../model/expectation.js";
import type { IncidentVerdict, PersonsAct, PersonsWord } from "../model/incident.js";
import { parseInstant } from "../model/parse-instant.js";
import { judgePersonText, LONGEST_NAME, LONGEST_NOTE, onOneLine } from "../model/person-text.js";
import { actOnIncident, type ActOutcome } from "../pipeline/act-on-incident.js";
import { expectIncident } from "../pipeline/expect-incident.js";
import type { AdvanceDeps } from "../pipeline/record-step.js";
import type { Config } from "../config.js";
import type { Store } from "../store/store.js";
import { findIncident } from "./incidents-find.js";
import { minuteText } from "./incidents-list.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

const DAY_MS = 86_400_000;

interface ActOptions {
  readonly note: string;
  readonly by: string;
}

/** `plimsoll incidents ack <incident>`. */
export async function acknowledgeIncident(name: string, options: ActOptions): Promise<ExitCode> {
  return act(name, "acknowledge", personOf(options, ""));
}

/** `plimsoll incidents resolve <incident>`. */
export async function resolveIncident(
  name: string,
  options: ActOptions & { readonly as?: IncidentVerdict },
): Promise<ExitCode> {
  return act(name, "resolve", personOf(options, options.as ?? ""));
}

/** `plimsoll incidents expect <incident>`. */
export async function expectThis(
  name: string,
  options: ActOptions & { readonly network?: readonly string[]; readonly until?: string },
): Promise<ExitCode> {
  for (const network of options.network ?? []) {
    if (parsePrefix(network) === null)
      throw new CommandFailure(EXIT.usage, `--network ${network}: it is a block like 203.0.113.0/24`);
  }
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const until = options.until === undefined ? now + USUAL_EXPECTED_DAYS * DAY_MS : parseUntil(options.until, now);
    const { incident } = await findIncident(store, name);
    const wish = { networks: options.network ?? null, until };
    const person = personOf(options, "benign");
    const { outcome, expectation } = await expectIncident(depsOf(config, store), incident, wish, person, now);
    const from = expectation.networks.length === 0 ? "" : ` from ${expectation.networks.join(", ")}`;
    process.stdout.write(
      `expected until ${minuteText(until)} UTC: ${incident.cause} of ${incident.keyId || incident.subject}${from}\n`,
    );
    return tell(incident.incidentId, outcome === "is over" ? "done" : outcome);
  });
}

async function act(name: string, what: PersonsAct, person: PersonsWord): Promise<ExitCode> {
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const { incident } = await findIncident(store, name);
    return tell(
      incident.incidentId,
      await actOnIncident(depsOf(config, store), incident.incidentId, what, person, now),
    );
  });
}

function tell(incidentId: string, outcome: ActOutcome): ExitCode {
  process.stdout.write(outcome === "done" ? `done: ${incidentId}\n` : `nothing to do: ${incidentId} ${outcome}\n`);
  return outcome === "done" ? EXIT.ok : EXIT.badNews;
}

/** Delivery looks at the outbox every few seconds: the command line need not reach Redis. */
function depsOf(config: Config, store: Store): AdvanceDeps {
  return { store, baseUrl: config.PLIMSOLL_BASE_URL ?? null, enqueuePage: async () => {} };
}

function personOf({ note, by }: ActOptions, verdict: IncidentVerdict): PersonsWord {
  const actor = personText("the name (--by)", by, LONGEST_NAME);
  if (actor === "") throw new CommandFailure(EXIT.usage, "--by is empty: say who you are");
  return { actor, note: personText("the note", note, LONGEST_NOTE), verdict, eventId: "", url: "" };
}

function personText(what: string, given: string, longest: number): string {
  const text = onOneLine(given);
  const problem = judgePersonText(text, longest);
  if (problem === null) return text;
  const said = {
    "too long": `${what} is too long: at most ${longest} characters`,
    "raw key": `${what} holds what looks like a raw key: leave it out`,
    unprintable: `${what} holds characters that cannot be printed: type it anew`,
  };
  throw new CommandFailure(EXIT.usage, said[problem]);
}

function parseUntil(text: string, now: number): number {
  const until = parseInstant(text);
  if (typeof until !== "number")
    throw new CommandFailure(EXIT.usage, "--until is an instant like 2026-03-08T02:11:00Z");
  if (until <= now || until > now + MOST_EXPECTED_DAYS * DAY_MS)
    throw new CommandFailure(EXIT.usage, `--until lies in the next ${MOST_EXPECTED_DAYS} days`);
  return until;
}
