import { Command } from "commander";
import { action } from "./run-command.js";
import { step } from "./step-option.js";
import { runTry } from "./try-run.js";

/** `plimsoll try <files…>`: what Plimsoll would have found in somebody's own log. */
export function tryCommand(): Command {
  return new Command("try")
    .summary("replay your own log and say what would have been paged")
    .description(
      "Recognises the format of each log, replays all of it through the live checks on a private local ClickHouse, and says which keys it\n" +
        "found, what would have been paged and noticed, what would be detected of the keys that cost most, what could not be judged and which\n" +
        "field would help most, and how to make it permanent. Needs no account, no registry, no Redis and no settings.",
    )
    .argument("<files...>", "log files, plain or gzip, or folders of them; - is standard input")
    .option(
      "--key-from <user|ip|header:X>",
      "what names the keys (default: the log's key, else the authenticated user, else the address)",
    )
    .option("--trusted-proxies <networks>", "whose X-Forwarded-For is believed, parted by commas (default: none)")
    .option(
      "--step <minutes>",
      "spacing of checks, such as 1m or 15m: a divisor of an hour (default: 1m up to 8 days, else 5m)",
      step,
    )
    .option("--json", "print the result as one JSON object")
    .addHelpText("after", HELP)
    .action(action(runTry));
}

const HELP = `
Raw keys become fingerprints (fp_…) as they are read, under PLIMSOLL_KEY_PEPPER or else a random pepper of this run. Nothing leaves this machine, and nothing is left in the
temporary folder, also after Ctrl-C. docs/importing-logs.md has the formats; for others write a map: plimsoll map --suggest LOG.

Exit code: 0 done, whatever was paged; 1 a file could not be read, or no event was found; 2 usage; 3 ClickHouse cannot be started.`;
