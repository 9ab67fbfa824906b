import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, textOf } from "../record/log-values.js";

/**
 * GitHub's audit log, from its API, a stream or an export. What was done without a token names no key.
 *
 * | event | record |
 * | --- | --- |
 * | ts, id | `@timestamp`, `_document_id` |
 * | key_id | `hashed_token` |
 * | source_ip, user_agent | `actor_ip`, `user_agent` |
 * | route | `action` |
 * | scope | the first of `token_scopes` |
 * | service, observed_by | github, provider |
 */
export const github: LogFormat = {
  name: "github",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(
      values,
      (value) =>
        "@timestamp" in value && typeof value["action"] === "string" && ("actor" in value || "_document_id" in value),
    )
      ? "JSON with @timestamp, action and actor"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    if (typeof all["action"] !== "string") return { rejected: "not_a_record" };
    return buildEvent(
      {
        time: timeOf(all["@timestamp"], options),
        keyId: all["hashed_token"],
        user: all["actor"],
        peer: all["actor_ip"],
        id: all["_document_id"],
        route: all["action"],
        scope: textOf(all["token_scopes"]).slice(0, 512).split(",", 1)[0]!.trim(),
        userAgent: all["user_agent"],
        service: "github",
        observedBy: "provider",
      },
      options,
    );
  },
};
