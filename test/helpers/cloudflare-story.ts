import { startCloudflareApi, type CloudflareApi, type KeptRule } from "./cloudflare-api.js";
import { guardsOf, openContainStory, type ContainStory } from "./contain-story.js";

/** What the story's guards are set up with, and must stay secret: the zone, another one, and tokens of which only the first is valid. */
export const CLOUDFLARE_SECRETS = {
  zone: "0a".repeat(16),
  otherZone: "0c".repeat(16),
  token: "cf-api-token-of-the-test",
  otherToken: "another-cf-api-token",
};
/** Calls to the zone, as the API notes them. */
export const [ENTRYPOINT, RULES] = [
  "GET /rulesets/phases/http_request_firewall_custom/entrypoint",
  `/rulesets/${"f1".repeat(16)}/rules`,
];

/** A rule of the owner's own, which lets what it knows past all rules after it. */
export const OWNERS_RULE: KeptRule = {
  id: "0b".repeat(16),
  ref: "owner-s",
  action: "skip",
  expression: "ip.src in $office",
  enabled: true,
};

/** Keys under a leak behind one zone at Cloudflare. Guards: `edge` by the authorization header, `client` by a client's id, `refused` with a wrong token, `elsewhere` with a wrong zone. */
export interface CloudflareStory {
  readonly story: ContainStory;
  readonly api: CloudflareApi;
  /** The zone with the owner's rule only, and no call noted. */
  reset(): void;
  leak(keyId: string, guard?: string, guardRef?: string): Promise<string>;
  /** The last that the timeline says of containment. */
  last(incidentId: string): Promise<string>;
  /** The zone's rules without the owner's. */
  plimsolls(): readonly KeptRule[];
  close(): Promise<void>;
}

/** Opens the story. */
export async function openCloudflareStory(): Promise<CloudflareStory> {
  const { zone: zoneId, otherZone, token, otherToken } = CLOUDFLARE_SECRETS;
  const api = await startCloudflareApi(zoneId, token);
  const zone = { type: "cloudflare", url: api.url, zone: zoneId, token, header: "Authorization" };
  const guards = guardsOf({
    edge: zone,
    client: { ...zone, header: "x-client-id", match: "equals" },
    refused: { ...zone, token: otherToken },
    elsewhere: { ...zone, zone: otherZone },
  });
  const story = await openContainStory({ guardOf: (name) => guards.get(name) });
  return {
    story,
    api,
    reset() {
      api.seen.length = 0;
      api.rules = [{ ...OWNERS_RULE }];
      api.forceNext();
    },
    leak: async (keyId, guard = "edge", guardRef = `${keyId}.`) => story.leak(keyId, { guard, guardRef }),
    last: async (incidentId) => (await story.told(incidentId)).at(-1) ?? "",
    plimsolls: () => (api.rules ?? []).filter(({ ref }) => ref !== OWNERS_RULE.ref),
    async close() {
      await story.close();
      await api.close();
    },
  };
}
