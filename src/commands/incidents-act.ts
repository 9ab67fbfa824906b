import type { Config } from "../config.js";
import { USUAL_EXPECTED_DAYS } from "../model/incident/suppression.js";
import { aboutText } from "../model/finding/finding-subject.js";
import type { Incident, IncidentVerdict, IncidentAction, PersonsWord } from "../model/incident/incident.js";
import { runningAt, runningText } from "../page/compose/activity-text.js";
import { actOnIncident, type ActOutcome } from "../pipeline/incident/act-on-incident.js";
import {
  expectIncident,
  NAME_NETWORKS,
  readNewestFinding,
  usualNetworks,
} from "../pipeline/incident/expect-incident.js";
import { previewSentences, previewSuppression } from "../pipeline/incident/preview-suppression.js";
import type { AdvanceDeps } from "../pipeline/incident/record-step.js";
import type { Store } from "../store/store.js";
import { DAY_MS } from "../time/day.js";
import { findIncident } from "./incidents-find.js";
import { minuteText } from "./incidents-list.js";
import { confirmed, networksOf, parseUntil, personOf, reasonedPersonOf, type ActOptions } from "./person-options.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

/** `plimsoll incidents ack <incident>`. */
export async function acknowledgeIncident(name: string, options: ActOptions): Promise<ExitCode> {
  return act(name, "acknowledge", personOf(options, null));
}

/** `plimsoll incidents resolve <incident>`. */
export async function resolveIncident(
  name: string,
  options: ActOptions & { readonly as?: IncidentVerdict },
): Promise<ExitCode> {
  return act(name, "resolve", reasonedPersonOf(options, options.as ?? null));
}

/** `plimsoll incidents expect <incident>`. */
export async function expectThis(
  name: string,
  options: ActOptions & { readonly network?: readonly string[]; readonly until?: string; readonly yes?: boolean },
): Promise<ExitCode> {
  const networks = networksOf(options.network);
  const person = reasonedPersonOf(options, "benign");
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const until = options.until === undefined ? now + USUAL_EXPECTED_DAYS * DAY_MS : parseUntil(options.until, now);
    const { incident } = await findIncident(store, name);
    const asked = networks ?? usualNetworks(await readNewestFinding(store, incident, now));
    if (asked === null) throw new CommandFailure(EXIT.usage, `${NAME_NETWORKS}, with --network`);
    const preview = await previewSuppression(store, incident, asked, now);
    confirmed(preview, options.yes);
    const wish = { networks: preview.networks, until };
    const { outcome, expectation } = await expectIncident(depsOf(config, store), incident, wish, person, now);
    const from = expectation.networks.length === 0 ? "" : ` from ${expectation.networks.join(", ")}`;
    process.stdout.write(`suppression ${expectation.suppressionId}\n${previewSentences(preview).join("\n")}\n`);
    process.stdout.write(
      `suppressed until ${minuteText(until)} UTC: ${incident.cause} of ${aboutText(incident)}${from}\n`,
    );
    if (outcome === "stays open") {
      process.stdout.write(`${incident.incidentId} stays open: its newest finding blames others as well\n`);
      return EXIT.ok;
    }
    return tell(incident.incidentId, outcome === "is over" ? "done" : outcome);
  });
}

async function act(name: string, what: IncidentAction, person: PersonsWord): Promise<ExitCode> {
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const { incident } = await findIncident(store, name);
    const outcome = await actOnIncident(depsOf(config, store), incident.incidentId, what, person, now);
    const code = tell(incident.incidentId, outcome);
    if (what === "resolve" && outcome === "done" && incident.open) await warnOfRunning(store, incident, now);
    return code;
  });
}

/** Whoever ends an incident while the traffic goes on is told so. */
async function warnOfRunning(store: Store, incident: Incident, now: number): Promise<void> {
  const finding = await readNewestFinding(store, incident, now);
  const lastAt = finding === null ? null : runningAt(finding, now);
  if (lastAt !== null) process.stdout.write(`${runningText(lastAt)}\n`);
}

function tell(incidentId: string, outcome: ActOutcome): ExitCode {
  process.stdout.write(outcome === "done" ? `done: ${incidentId}\n` : `nothing to do: ${incidentId} ${outcome}\n`);
  return outcome === "done" ? EXIT.ok : EXIT.badNews;
}

/** What acts take. Delivery looks at the outbox every few seconds: the command line need not reach Redis. */
export function depsOf(config: Config, store: Store): AdvanceDeps {
  return { store, baseUrl: config.PLIMSOLL_BASE_URL ?? null, enqueuePage: async () => {} };
}
