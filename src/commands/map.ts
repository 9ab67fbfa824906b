import { Command } from "commander";
import { MAP_FIELDS } from "../import/formats/mapped.js";
import { isFields, type Fields } from "../import/cloudtrail-names.js";
import { parseCsvLog } from "../import/parse-csv-log.js";
import { sampleOf } from "../import/record/guess-format.js";
import { suggestMap } from "../import/record/suggest-map.js";
import { readText } from "../import/read-text.js";
import { fileProblem } from "./file-problem.js";
import { action, CommandFailure, EXIT, type ExitCode } from "./run-command.js";

/** A sample is looked at as far as this. */
const MOST_CHARACTERS = 4 * 1024 * 1024;
const MOST_RECORDS = 20;
const MOST_UNUSED = 40;

/** `plimsoll map --suggest <sample>`: a first map for `import json` or `import csv`. */
export function mapCommand(): Command {
  return new Command("map")
    .summary("suggest how a log's fields become an event's")
    .description(
      "Writes a first map for `plimsoll import json|csv --map`: which dotted path (or column) of a log holds which field of an event,\n" +
        "by names and values of the first records. Look at it before use: save it to a file, and mend what is wrong.",
    )
    .requiredOption("--suggest <sample>", "a file of JSON or CSV (plain or gzip), or - for standard input")
    .addHelpText(
      "after",
      `\nFields: ${MAP_FIELDS.join(", ")}.\n` +
        'A field is "dotted.path", "items[0].id", {"path": "seconds", "times": 1000} or {"value": "constant"}; a dot in a name is written \\\\.\n' +
        "Exit code: 0 done, 1 no time or no key was found, 2 usage.",
    )
    .action(action(run));
}

async function run({ suggest }: { readonly suggest: string }): Promise<ExitCode> {
  const records = await recordsOf(await beginOf(suggest));
  if (records.length === 0)
    throw new CommandFailure(EXIT.usage, `${suggest}: neither JSON objects nor CSV with a header`);
  const { map, unused } = suggestMap(records);
  process.stdout.write(`${JSON.stringify(map, null, 2)}\n`);
  const missing =
    map.ts === undefined ? "ts" : map.key_id === undefined && map.key === undefined ? "key_id or key" : "";
  const remarks = [
    ...(missing === "" ? [] : [`no field was found for ${missing}`]),
    ...(map.key === undefined ? [] : [`${map.key} is taken as the raw key: where it holds an id, call it key_id`]),
    ...(map.latency_ms === undefined
      ? []
      : [`${map.latency_ms} is taken as milliseconds: of seconds write {"path": …, "times": 1000}`]),
    ...(unused.length === 0
      ? []
      : [`unused: ${unused.slice(0, MOST_UNUSED).join(", ")}${unused.length > MOST_UNUSED ? ", …" : ""}`]),
  ];
  for (const remark of remarks) process.stderr.write(`${remark}\n`);
  return missing === "" ? EXIT.ok : EXIT.badNews;
}

async function beginOf(file: string): Promise<{ readonly text: string; readonly isEnd: boolean }> {
  let text = "";
  try {
    for await (const piece of readText(file, () => undefined)) {
      text += piece;
      if (text.length >= MOST_CHARACTERS) return { text, isEnd: false };
    }
  } catch (error) {
    throw new CommandFailure(EXIT.usage, fileProblem(error, file));
  }
  return { text, isEnd: true };
}

async function recordsOf({
  text,
  isEnd,
}: {
  readonly text: string;
  readonly isEnd: boolean;
}): Promise<readonly Fields[]> {
  const { values, lines } = await sampleOf(text, isEnd);
  if (values.length > 0 || !(lines[0] ?? "").includes(",")) return values;
  const rows: Fields[] = [];
  const whole = async function* () {
    yield text.slice(0, isEnd ? text.length : text.lastIndexOf("\n"));
  };
  for await (const some of parseCsvLog(whole())) {
    for (const piece of some) if ("value" in piece && isFields(piece.value)) rows.push(piece.value);
    if (rows.length >= MOST_RECORDS) break;
  }
  return rows;
}
