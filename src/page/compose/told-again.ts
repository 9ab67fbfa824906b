import type { Incident, IncidentTransition } from "../../model/incident/incident.js";
import { isPage } from "../../model/incident/page.js";
import { dollarText } from "../../text/amounts.js";
import { minuteText } from "../../text/clock-text.js";

/** Why on-call hears of an incident that is on file, under the name of what that is to them; nothing where it is new, or nobody is notified. */
export function toldAgain(transition: IncidentTransition, before: Incident | null): Record<string, string> {
  const why = before === null ? null : whyText(transition, before);
  if (before === null || why === null) return {};
  const opened = `the incident opened ${minuteText(before.openedAt)}`;
  const last = `${minuteText(before.told.at)}, as ${before.told.severity}`;
  if (isPage(transition.severity) && !before.wasPage)
    return { why_paged_now: `it was a notice until now: ${why}; last notification ${last}; ${opened}` };
  const again = isPage(transition.severity) ? "why_paged_again" : "why_notified_again";
  const name = transition.kind === "updated" ? "why_updated" : again;
  return { [name]: `${why}; last notification ${last}; ${opened}` };
}

function whyText({ reason, severity, told, person }: IncidentTransition, before: Incident): string | null {
  switch (reason) {
    case "worse_severity":
      return `severity rose to ${severity}`;
    case "new_evidence":
      return `new signals: ${told.signals.filter((name) => !before.told.signals.includes(name)).join(", ")}`;
    case "higher_cost":
      return `unexpected cost is now about ${dollarText(told.costMicros)}, up from ${dollarText(before.told.costMicros)}`;
    case "found_again":
      return `${before.endedBy === null ? "it was quiet" : `it had ended (${before.endedBy.replaceAll("_", " ")})`} and is found again`;
    case "by_person":
      return person === null
        ? null
        : `${person.actor || "a person"} reopened it${person.note === "" ? "" : ` (${person.note})`}`;
    default:
      return null;
  }
}
