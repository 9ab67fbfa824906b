import { afterVirtualHost, parseCombined } from "../record/combined-line.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { eventOfCombined } from "./nginx.js";

/**
 * Apache httpd: `common`, `combined` and `vhost_combined`.
 *
 * | event | line |
 * | --- | --- |
 * | ts | `%t` |
 * | key | query |
 * | source_ip | `%h` |
 * | route | path of `%r`, folded |
 * | status, bytes | `%>s`, `%b` or `%O` |
 * | service | `%v` of `vhost_combined`, without the port |
 */
export const apache: LogFormat = {
  name: "apache",
  records: "lines",
  looksLike({ lines, values }) {
    if (values.length > 0) return null;
    if (
      mostAre(
        lines,
        (line) => parseCombined(line, afterVirtualHost(line))?.hasAgent === true && afterVirtualHost(line) > 0,
      )
    ) {
      return "combined lines with a virtual host and its port before the address";
    }
    const isCommon = (line: string) => {
      const found = parseCombined(line, afterVirtualHost(line));
      return found !== undefined && !found.hasAgent && found.rest === "";
    };
    return mostAre(lines, isCommon) ? "common lines, which end with the number of bytes" : null;
  },
  parse(record, options) {
    if (typeof record !== "string") return { rejected: "not_a_record" };
    const from = afterVirtualHost(record);
    const line = parseCombined(record, from);
    if (line === undefined) return { rejected: "not_a_record" };
    return eventOfCombined(line, options, from === 0 ? "" : record.slice(0, record.indexOf(":")));
  },
};
