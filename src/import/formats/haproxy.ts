import { buildEvent } from "../record/build-event.js";
import { endOfQuoted, splitWords } from "../record/combined-line.js";
import { wordNumbered } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { clfTime } from "../record/log-time.js";

/**
 * HAProxy's HTTP log (`option httplog`), with or without what syslog puts before it. Captured request headers have no names in it:
 * `--key-from header:1` is the first of them, taken as the raw key.
 *
 * | event | line |
 * | --- | --- |
 * | ts | `[accept date]`, which has no zone: UTC |
 * | key | query, or the captured header that `--key-from` numbers |
 * | source_ip | `client:port` |
 * | route | path, folded |
 * | status, bytes | the parts of these names; status -1 is no answer |
 * | latency_ms | total time |
 * | service | backend |
 */
export const haproxy: LogFormat = {
  name: "haproxy",
  records: "lines",
  looksLike: ({ lines, values }) =>
    values.length === 0 && mostAre(lines, (line) => partsOf(line) !== undefined)
      ? "HAProxy's lines: client:port, [accept date], frontend, backend/server, five times"
      : null,
  parse(record, options) {
    const parts = typeof record === "string" ? partsOf(record) : undefined;
    if (parts === undefined) return { rejected: "not_a_record" };
    const { peer, date, words, captured, request } = parts;
    const [method = "", target = ""] = splitWords(request, 2);
    const time = clfTime(date);
    if (time !== undefined) options.note("time_without_zone_as_utc");
    return buildEvent(
      {
        time,
        header: (name) => wordNumbered(captured, name),
        peer,
        method: /^[A-Z]{1,16}$/.test(method) ? method : "",
        target,
        status: words[3],
        bytes: words[4]?.replace("+", ""),
        latencyMs: words[2]!.slice(words[2]!.lastIndexOf("/") + 1).replace("+", ""),
        service: words[1]!.split("/", 1)[0],
      },
      options,
    );
  },
};

/** The parts of a line; undefined when it is none of HAProxy's. */
function partsOf(line: string) {
  const dateStart = line.indexOf(" [");
  const dateEnd = dateStart < 0 ? -1 : line.indexOf("] ", dateStart);
  if (dateEnd < 0 || dateEnd - dateStart > 40) return undefined;
  const peerStart = line.lastIndexOf(" ", dateStart - 1) + 1;
  const peer = line.slice(peerStart, dateStart);
  const words = splitWords(line.slice(dateEnd + 2, dateEnd + 2 + LONGEST_HEAD), 5);
  if (words.length < 5 || !peer.includes(":") || !words[1]!.includes("/") || words[2]!.split("/").length !== 5) {
    return undefined;
  }
  const quote = line.indexOf(' "', dateEnd);
  const end = quote < 0 ? -1 : endOfQuoted(line, quote + 2);
  const brace = line.indexOf("{", dateEnd);
  const close = brace < 0 ? -1 : line.indexOf("}", brace);
  return {
    peer,
    date: line.slice(dateStart + 2, dateEnd),
    words,
    captured: close < 0 || (quote >= 0 && brace > quote) ? [] : line.slice(brace + 1, close).split("|"),
    request: quote < 0 ? "" : line.slice(quote + 2, end < 0 ? line.length : end),
  };
}

/** Names of frontend, backend and server, and numbers. */
const LONGEST_HEAD = 1024;
