import { changeSuppression, withdrawSuppression, type ChangeOutcome } from "../pipeline/incident/change-suppression.js";
import { previewSentences, previewSuppression } from "../pipeline/incident/preview-suppression.js";
import { depsOf } from "./incidents-act.js";
import { confirmed, networksOf, parseUntil, reasonedPersonOf, type ActOptions } from "./person-options.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";
import { findSuppression } from "./suppressions-read.js";

/** `plimsoll suppressions edit <suppression>`. */
export async function editSuppression(
  name: string,
  options: ActOptions & { readonly network?: readonly string[]; readonly until?: string; readonly yes?: boolean },
): Promise<ExitCode> {
  const networks = networksOf(options.network);
  if (networks === null && options.until === undefined)
    throw new CommandFailure(EXIT.usage, "nothing to change: give --network, --until or both");
  const person = reasonedPersonOf(options, null);
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const until = options.until === undefined ? null : parseUntil(options.until, now);
    const { id, now: last } = await findSuppression(store, name, now);
    const preview = await previewSuppression(store, last, networks ?? last.networks, now);
    confirmed(preview, options.yes);
    const change = { networks: networks === null ? null : preview.networks, until };
    const outcome = await changeSuppression(depsOf(config, store), id, change, person, now);
    if (outcome === "changed") process.stdout.write(`${previewSentences(preview).join("\n")}\n`);
    return tell(id, outcome);
  });
}

/** `plimsoll suppressions withdraw <suppression>`. */
export async function withdraw(name: string, options: ActOptions): Promise<ExitCode> {
  const person = reasonedPersonOf(options, null);
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const { id } = await findSuppression(store, name, now);
    return tell(id, await withdrawSuppression(depsOf(config, store), id, person, now));
  });
}

const TEXTS: Readonly<Partial<Record<ChangeOutcome, string>>> = {
  changed: "changed, with effect from now",
  withdrawn: "withdrawn: such findings open incidents again from now on",
  reopened: "withdrawn: it was found within the last hour, so its incident is open again and on-call is notified",
};

function tell(id: string, outcome: ChangeOutcome): ExitCode {
  const text = TEXTS[outcome];
  process.stdout.write(text === undefined ? `nothing to do: ${id} ${outcome}\n` : `${text}\n`);
  return text === undefined ? EXIT.badNews : EXIT.ok;
}
