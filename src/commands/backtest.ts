import { Command, InvalidArgumentError } from "commander";
import { runBacktest } from "./backtest-run.js";
import { instant } from "./instant-option.js";
import { action } from "./run-command.js";
import { step } from "./step-option.js";

/** `plimsoll backtest`: replays history through the live check and writes the pages that it would have sent. */
export function backtestCommand(): Command {
  return new Command("backtest")
    .summary("replay history through the live check, write the pages it would have sent")
    .description(
      "Replays history through the queries and the code of the live check, in simulated time, and writes the pages that it\n" +
        "would have sent, one JSON object a line. The same input gives the same output, byte for byte.",
    )
    .requiredOption("--events <file>", "request events as NDJSON, plain or gzip, in any order; - is standard input")
    .option(
      "--keys <file>",
      "the registry: a JSON array, or CSV, as keys import takes it; without it no key is registered",
    )
    .option("--networks <file>", "CSV cidr,asn,name,type; without it PLIMSOLL_NETWORKS_FILE")
    .option("--from <T>", "write pages and notices from this instant on (earlier events are replayed too)", instant)
    .option("--to <T>", "stop at this instant", instant)
    .option("--step <minutes>", "spacing of checks, such as 1m or 15m: a divisor of an hour", step, 1)
    .option(
      "--budget <n>",
      "false pages per 1,000 key-days; without it PLIMSOLL_FALSE_PAGES_PER_MONTH (1), for the whole fleet",
      budget,
    )
    .option("--out <file>", "output file; - is standard output", "-")
    .option("--summary <file>", "write totals as JSON")
    .addHelpText("after", HELP)
    .action(action(runBacktest));
}

const HELP = `
Needs ClickHouse: a scratch database on the server of CLICKHOUSE_URL, else a private local one (in TMPDIR). Either is removed at
the end, also after Ctrl-C. No Redis, no PagerDuty. Raw keys in events need PLIMSOLL_KEY_PEPPER. Notices follow PLIMSOLL_NOTICES_PER_WEEK.
An event without cost_usd is priced by the key's version at its ts. A bad event is skipped and counted, with its reason.

Lines: {"at","action":"trigger|resolve","key_id","dedup_key","severity","cause","score","signals","onset","summary"}. critical and error
are pages, warning and info notices. A resolve repeats score, signals and onset of the incident's newest finding.

Summary: events_read, rejected, rejected_by_reason; and of the span --from to --to: keys (seen before its end), keys_of_one_day (used on one
UTC day only: only rules and allowed networks detect misuse of these), short_lived_keys (used for less than a day, which is over: send
principal with each event, and its history counts), evaluations (a key with traffic in the last 24 hours at a tick), key_days, pages,
notices (each dedup_key once), pages_per_1000_key_days, seconds.
A key-day is 1,440 evaluated minutes of one key since its first request, quiet ones included. A minute without an event of any key is
not evaluated, as no source was reporting: with --step N each check stands for N minutes.

Exit code: 0 done, whatever was paged; 1 no event was acceptable, or the registry is invalid; 2 usage; 3 ClickHouse is unreachable.`;

function budget(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= 1000) return value;
  throw new InvalidArgumentError("It must be a number above 0, at most 1000.");
}
