import { z } from "zod";
import { addressSecrets } from "../guard/address-secrets.js";
import { address, doubtsAbout } from "../guard/target-fields.js";
import { signingSecret } from "../guard/webhook.js";
import { SEVERITIES } from "../model/incident/page.js";
import { nearestName } from "../text/nearest-name.js";
import { DEFAULT_ROUTE, type Destination, type DestinationFilter, type Destinations } from "./destination.js";
import { post } from "./post.js";
import { slackMessage } from "./slack-message.js";
import { signatureHeaders, webhookBody, webhookIdOf } from "./webhook-destination.js";

/** Destinations by name, or what is wrong with them: sentences that name destination and field, and never a value. */
export type ParsedDestinations = { readonly destinations: Destinations } | { readonly problems: readonly string[] };

const FORM =
  'must be JSON like {"sec-chat":{"type":"slack","url":"https://hooks.slack.com/services/…"}}: see docs/destinations.md';
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
/** Slack takes one message a second and webhook, with short bursts. */
const SLACK_PACE_MS = 1000;

const names = (what: string) =>
  z
    .array(z.string().min(1).max(128), `must be a list of ${what}, like ["one","other"]`)
    .min(1, `must not be empty: leave it out for no limit`);
const limits = {
  owners: names("owners").optional(),
  severities: z
    .array(z.enum(SEVERITIES, `must be some of ${SEVERITIES.join(", ")}`), "must be a list of severities")
    .min(1, "must not be empty: leave it out for no limit")
    .optional(),
  routing: names(`names of PAGERDUTY_ROUTING_KEYS, or "${DEFAULT_ROUTE}"`).optional(),
};
/** Slack's address is a secret of its own. */
const SETTINGS = {
  slack: z.strictObject({ ...limits, url: address }),
  webhook: z.strictObject({ ...limits, url: address, secret: signingSecret }),
} as const;
type Type = keyof typeof SETTINGS;
type Limits = { readonly [Name in keyof DestinationFilter]?: DestinationFilter[Name] | undefined };
const TYPES = Object.keys(SETTINGS) as readonly Type[];

/** Reads PLIMSOLL_DESTINATIONS. */
export function parseDestinations(text: string): ParsedDestinations {
  const entries = entriesOf(text);
  if (entries === null) return { problems: [FORM] };
  const destinations = new Map<string, Destination>();
  const problems: string[] = [];
  for (const [name, fields] of entries) {
    if (!NAME.test(name)) {
      problems.push("a name must be letters, digits, _ . and -, at most 64");
      continue;
    }
    const parsed = parseOne(name, fields);
    if (Array.isArray(parsed)) problems.push(...parsed.map((problem: string) => `${name}.${problem}`));
    else destinations.set(name, parsed as Destination);
  }
  return problems.length > 0 ? { problems } : { destinations };
}

function entriesOf(text: string): (readonly [string, Readonly<Record<string, unknown>>])[] | null {
  try {
    return Object.entries(z.record(z.string(), z.record(z.string(), z.unknown())).parse(JSON.parse(text)));
  } catch {
    return null;
  }
}

function parseOne(
  name: string,
  { type, ...fields }: Readonly<Record<string, unknown>>,
): Destination | readonly string[] {
  const known = TYPES.find((one) => one === type);
  if (known === undefined) {
    const meant = typeof type === "string" ? nearestName(type, TYPES) : null;
    const which = TYPES.join(" or ");
    return [`type: must be ${meant === null ? which : `${meant}, perhaps; it is ${which}`}`];
  }
  if (known === "slack") {
    const parsed = SETTINGS.slack.safeParse(fields);
    return parsed.success ? slackOf(name, parsed.data) : problemsOf(known, parsed.error);
  }
  const parsed = SETTINGS.webhook.safeParse(fields);
  return parsed.success ? webhookOf(name, parsed.data) : problemsOf(known, parsed.error);
}

function problemsOf(type: Type, error: z.ZodError): readonly string[] {
  const fields = Object.keys(SETTINGS[type].shape);
  return error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `${key.slice(0, 64)}: is not a field of ${type}: ${fields.join(", ")}`)
      : [`${issue.path.join(".")}: ${issue.message}`],
  );
}

function slackOf(name: string, { url, ...given }: z.output<typeof SETTINGS.slack>): Destination {
  const noPath = "its url has no path: copy the whole Webhook URL from Slack";
  const secrets = addressSecrets(url);
  return {
    ...partsOf(name, "slack", url, given, url.pathname.length > 1 ? [] : [noPath]),
    paceMs: SLACK_PACE_MS,
    send: async (notification, options) =>
      post({ url, headers: {}, body: slackMessage(notification), secrets, isDone: isSlacksOk }, options),
  };
}

/** Slack says ok to what it took; a login page or another program says 200, too, or nothing. What had no time to be said was to be ok. */
function isSlacksOk(status: number, answer: string, isCut: boolean): boolean {
  const said = answer.trim();
  return status === 200 && (isCut ? "ok".startsWith(said) : said === "ok");
}

function webhookOf(name: string, { url, secret, ...given }: z.output<typeof SETTINGS.webhook>): Destination {
  const secrets = [...addressSecrets(url), secret.reveal(), secret.reveal().replace(/^whsec_/, "")];
  return {
    ...partsOf(name, "webhook", url, given, []),
    paceMs: 0,
    send: async (notification, options) => {
      const body = webhookBody(notification);
      const headers = signatureHeaders(webhookIdOf(notification.page, name), body, secret, options.at);
      return post({ url, headers, body, secrets }, options);
    },
  };
}

function partsOf(name: string, type: Type, url: URL, given: Limits, doubts: readonly string[]) {
  const filter: DestinationFilter = {
    owners: given.owners ?? null,
    severities: given.severities ?? null,
    routing: given.routing ?? null,
  };
  return { name, type, filter, doubts: [...doubts, ...doubtsAbout(url)] };
}
