import { namedWithId } from "../../model/key/key.js";
import type { Found, SearchAnswer } from "../../pipeline/view/search.js";
import { minuteOf } from "../layout.js";
import { queryOf } from "./asked.js";
import { incidentWay, keyWay, networkWay, ownerWay } from "./ways.js";

/** One thing that was found, and where its page is, by its way from `/`. */
export interface FoundLink {
  readonly way: string;
  readonly text: string;
  readonly note: string;
}

/** Things of one kind that were found. */
export interface FoundGroup {
  readonly title: string;
  readonly links: readonly FoundLink[];
}

/** What was found, group by group; a group of nothing is left out. */
export function groupsOf(answer: SearchAnswer): FoundGroup[] {
  if (answer.kind === "raw key") return [{ title: "Keys", links: [keyLink({ keyId: answer.keyId, key: answer.key })] }];
  if (!("found" in answer)) return [];
  const { keys, owners, services, networks, incidents } = answer.found;
  const asked =
    answer.kind === "exact network"
      ? [{ way: networkWay(answer.network.name), text: answer.network.name, note: "keys used from it" }]
      : [];
  const groups: FoundGroup[] = [
    { title: "Keys", links: keys.map(keyLink) },
    {
      title: "Owners and services",
      links: [
        ...owners.map((owner) => ({ way: ownerWay(owner), text: owner, note: "owner" })),
        ...services.map((service) => ({ way: `keys${queryOf({ service })}`, text: service, note: "service" })),
      ],
    },
    {
      title: "Networks",
      links: [
        ...asked,
        ...networks.map(({ asn, name }) => ({ way: networkWay(`AS${asn}`), text: `AS${asn} ${name}`, note: "" })),
      ],
    },
    {
      title: "Incidents",
      links: incidents.map(({ incidentId, openedAt }) => ({
        way: incidentWay(incidentId),
        text: incidentId,
        note: `opened ${minuteOf(openedAt)}`,
      })),
    },
  ];
  return groups.filter(({ links }) => links.length > 0);
}

function keyLink({ keyId, key }: Found["keys"][number]): FoundLink {
  const note = key === null ? "not registered" : [key.owner, key.service].filter(Boolean).join(", ");
  return { way: keyWay(keyId), text: namedWithId(key?.display, keyId), note };
}

/** What is to be said of a search besides what was found. */
export function sayingOf(answer: SearchAnswer): string {
  switch (answer.kind) {
    case "nothing asked":
      return "Look for a key id or its prefix, a display name, an owner, a service, an address, a CIDR, an ASN like AS64500, the name of a network, or an incident id.";
    case "too long":
      return "Too long: nothing was looked for.";
    case "secret":
      return "This looks like a secret, and is that of no key on record. It is not repeated here, and was not kept. Look for a key by its id.";
    case "raw key":
      return "This is the raw key of the key below. It is not repeated here, and was not kept.";
    default:
      return groupsOf(answer).length === 0 ? "Nothing found." : "";
  }
}
