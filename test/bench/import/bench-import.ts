import { textReaderOf } from "../../../src/import/read-as.js";
import { openBench } from "../open-bench.js";
import { LOG_LINES } from "./log-lines.js";

const ROUNDS = 7;
const PIECE = 1 << 20;

const { given, report } = openBench<{ readonly lines: number }>(
  "import",
  "Lines of a log in, events out, per second of CPU, against a bare JSON.parse of the same lines (of text logs: of the same log as JSON).",
  { lines: { about: "lines of each log", usual: 50_000 } },
);

/** Seconds of CPU of the best of some rounds: what else runs on the machine takes none of it. */
async function cpuSeconds(work: () => Promise<void> | void): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

async function* inPieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += PIECE) yield text.slice(at, at + PIECE);
}

const results: object[] = [];
for (const [log, { format, line }] of Object.entries(LOG_LINES)) {
  const lines = Array.from({ length: given.lines }, (_, index) => line(index));
  const text = `${lines.join("\n")}\n`;
  const asJson = line(0).startsWith("{")
    ? lines
    : Array.from(lines, (_, index) => LOG_LINES["nginx JSON"]!.line(index));
  const read = textReaderOf(format, { keyFrom: { kind: "user" }, trustedProxies: null, note: () => undefined })!;
  let events = 0;
  const seconds = await cpuSeconds(async () => {
    events = 0;
    for await (const record of read("log", inPieces(text))) if ("event" in record) events += 1;
  });
  if (events !== given.lines) throw new Error(`${log}: ${events} events of ${given.lines} lines`);
  const parseSeconds = await cpuSeconds(() => asJson.forEach((one) => void JSON.parse(one)));
  results.push({
    log,
    bytesPerLine: Math.round(text.length / given.lines),
    linesPerCpuSecond: Math.round(given.lines / seconds),
    jsonParsePerCpuSecond: Math.round(given.lines / parseSeconds),
    ratioToJsonParse: Math.round((parseSeconds / seconds) * 100) / 100,
  });
}
console.table(results);
report({ results });
