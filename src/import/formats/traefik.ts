import type { Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import { parseCombined, splitWords } from "../record/combined-line.js";
import { wordNumbered } from "../record/key-headers.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { amountOf, fieldsOf, firstText, headerOf, textOf } from "../record/log-values.js";

/**
 * Traefik's access log: its own lines (common format and what follows) and JSON. Headers are in JSON only where `fields.headers` keeps them.
 *
 * | event | line | JSON |
 * | --- | --- | --- |
 * | ts | `[time]` | `StartUTC`, else `time` |
 * | key_id | | `request_X-Consumer-Id`, … |
 * | key | query | query, `request_X-Api-Key`, `request_Authorization` |
 * | source_ip | first word | `ClientHost`, or trusted `request_X-Forwarded-For` |
 * | route | path, folded | `RequestPath`, folded |
 * | status, bytes | | `DownstreamStatus`, `DownstreamContentSize` |
 * | latency_ms | last word | `Duration` (ns) |
 * | service | router | `ServiceName`, else `RouterName` |
 */
export const traefik: LogFormat = {
  name: "traefik",
  records: "both",
  looksLike({ lines, values }) {
    if (mostAre(values, withFields("DownstreamStatus", "RequestPath")))
      return "JSON with DownstreamStatus and RequestPath";
    if (values.length > 0 || !mostAre(lines, isTraefikLine)) return null;
    return "combined lines with router, server and a duration in ms behind them";
  },
  parse(record, options) {
    if (typeof record !== "string") return parseJson(fieldsOf(record), options);
    const line = parseCombined(record);
    if (line === undefined) return { rejected: "not_a_record" };
    const words = splitWords(line.rest, 8);
    const last = words.at(-1) ?? "";
    return buildEvent(
      {
        ...line,
        header: (name) => wordNumbered(words, name),
        latencyMs: last.endsWith("ms") ? amountOf(last.slice(0, -2)) : undefined,
        service: words[1],
      },
      options,
    );
  },
};

function isTraefikLine(line: string): boolean {
  const found = parseCombined(line);
  return found !== undefined && found.hasAgent && found.rest.endsWith("ms");
}

const ID_NAMES = ["request_X-Api-Key-Id", "request_X-Key-Id", "request_X-Consumer-Id", "request_X-Consumer-Username"];
const RAW_NAMES = ["request_X-Api-Key", "request_Api-Key", "request_Apikey", "request_Authorization"];

function parseJson(record: Fields, options: ParseOptions): ParsedRecord {
  if (!("DownstreamStatus" in record)) return { rejected: "not_a_request" };
  const nanoseconds = amountOf(record["Duration"]);
  return buildEvent(
    {
      time: timeOf(record["StartUTC"] ?? record["time"], options),
      keyId: firstText(...ID_NAMES.map((name) => record[name])),
      rawKey: firstText(...RAW_NAMES.map((name) => record[name])),
      user: record["ClientUsername"],
      header: (name) => headerOf(record, `request_${name}`) || headerOf(record, name),
      peer: firstText(record["ClientHost"], record["ClientAddr"]),
      forwarded: record["request_X-Forwarded-For"],
      method: record["RequestMethod"],
      target: textOf(record["RequestPath"]),
      status: record["DownstreamStatus"],
      bytes: record["DownstreamContentSize"],
      latencyMs: nanoseconds === undefined ? undefined : Math.round(nanoseconds / 1e3) / 1e3,
      userAgent: record["request_User-Agent"],
      service: firstText(record["ServiceName"], record["RouterName"]),
    },
    options,
  );
}
