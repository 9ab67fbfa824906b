import { isIP } from "node:net";
import { z } from "zod";
import { problemOfClickHouseUrls } from "./clickhouse-urls.js";
import { parseRedisUrl } from "./redis-url.js";
import { Secret } from "./secret.js";
import { parseTokenList, type NamedToken, type SecretList } from "./token-list.js";

/** Hides a value from whoever prints it. */
export const asSecret = (text: string) => new Secret(text);
/** What keys are fingerprinted under. */
export const pepper = z
  .string()
  .refine((text) => Buffer.byteLength(text) >= 32, "must be at least 32 bytes")
  .transform(asSecret)
  .optional();
/** What is sent in a header must fit into one. */
export const credential = z
  .string()
  .regex(/^[\x21-\x7e]+$/, "must be one line of ASCII letters, digits and punctuation, without spaces")
  .transform(asSecret)
  .optional();
/** Access key id and secret access key of AWS. */
export const awsAccessKey = z
  .string()
  .regex(/^[A-Z0-9]{16,128}:[^\s:]+(:[^\s:]+)?$/, "must be <access key id>:<secret access key>, on one line")
  .transform(asSecret)
  .optional();
/** A token of GitHub that may read an organisation's API Insights, after the organisation's name. */
export const githubToken = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}:[^\s:]+$/, "must be <organisation>:<token>, on one line")
  .transform(asSecret)
  .optional();
/** Regions of AWS, comma-separated. */
export const awsRegions = z
  .string()
  .regex(
    /^[a-z]{2,}(-[a-z]+)+-\d+(\s*,\s*[a-z]{2,}(-[a-z]+)+-\d+)*$/,
    "must be regions such as us-east-1, comma-separated",
  )
  .transform((text): readonly string[] => [...new Set(text.split(",").map((region) => region.trim()))])
  .default(["us-east-1"]);
/** A URL of one of these protocols. */
export const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`,
  });
/** What links in pages are made of: everybody who is paged reads it. */
export const linkedUrl = url("http:", "https:").refine((text) => {
  const { username = "", password = "", search = "", hash = "" } = URL.canParse(text) ? new URL(text) : {};
  return username + password + search + hash === "";
}, "must not contain a user, password, query or fragment: links in pages begin with it");
/** Where ClickHouse is: one server, or each shard's. */
export const clickHouseUrls = z.string().superRefine((text, context) => {
  const problem = problemOfClickHouseUrls(text);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});
/** Where Redis is, or its sentinels. */
export const redisUrl = z.string().superRefine((text, context) => {
  const address = parseRedisUrl(text);
  if ("problem" in address) context.addIssue({ code: "custom", message: address.problem });
});
/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .default(fallback);
/** A number above 0. */
export const rate = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "must be a number above 0")
  .transform(Number)
  .pipe(z.number().positive("must be above 0").max(1000, "must be at most 1000"));
/** A number, or 0 for never. */
export const rateOrNone = z
  .string()
  .regex(/^\d+(\.\d+)?$/, "must be a number, or 0 for never")
  .transform(Number)
  .pipe(z.number().max(1000, "must be at most 1000"))
  .default(0);
/** An integration key of Events API v2. */
export const ROUTING_KEY = /^[A-Za-z0-9]{32}$/;
/** Further integration keys, by their ref. */
export const routingKeys = z
  .string()
  .transform((text, context): ReadonlyMap<string, Secret> => {
    const entries = text
      .split(",")
      .map((entry) => entry.trim())
      .map((entry, index) => {
        const [, ref = "", key = ""] = /^([^=]{1,128})=(.*)$/.exec(entry) ?? [];
        const message = `entry ${index + 1}: must be ref=key, with the 32 letters and digits of an integration key`;
        if (!ROUTING_KEY.test(key)) context.addIssue({ code: "custom", message });
        return [ref, new Secret(key)] as const;
      });
    return new Map(entries);
  })
  .default(new Map());
/** A list whose entries another parser reads. */
export const listOf = <Entry>(parse: (text: string) => SecretList<Entry>) =>
  z
    .string()
    .transform((text, context): readonly Entry[] => {
      const { entries, problems } = parse(text);
      for (const message of problems) context.addIssue({ code: "custom", message });
      return entries;
    })
    .default([]);
/** Whoever is in them may say anything of who asks: the whole internet is none. */
export const networks = z
  .string()
  .transform((text, context): readonly string[] => {
    const entries = text.split(",").map((entry) => entry.trim());
    entries.forEach((entry, index) => {
      const [, address = "", bits] = /^([\da-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
      const most = isIP(address) === 4 ? 32 : 128;
      const isGood = isIP(address) !== 0 && (bits === undefined || (Number(bits) >= 1 && Number(bits) <= most));
      const message = `entry ${index + 1}: must be an address or a CIDR, such as 10.0.0.0/8`;
      if (!isGood) context.addIssue({ code: "custom", message });
    });
    return entries;
  })
  .default([]);
/** A list of named tokens. */
export const tokens = (kind: string) => listOf((text): SecretList<NamedToken> => parseTokenList(kind, text));
/** Whom a person signs in at by OpenID Connect: what is sent there and believed from there travels by TLS, or on this machine alone. */
export const oidcIssuer = z
  .string()
  .refine((text) => URL.canParse(text) && isSafeIssuer(new URL(text)), {
    message:
      "must be the issuer's https:// URL as its discovery document states it, without user, query or fragment (http:// for 127.0.0.1, [::1] and localhost alone)",
  })
  .optional();
/** Names of groups, comma-separated. */
export const groups = z
  .string()
  .transform((text): readonly string[] => [...new Set(text.split(",").map((group) => group.trim()))])
  .refine((names) => names.every((name) => name !== ""), "must be names of groups, comma-separated, none of them empty")
  .default([]);
/** Name of a claim of an ID token. */
export const claim = (fallback: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "must be the name of a claim, without spaces")
    .default(fallback);
/** A claim that an ID token must hold, and its value to the letter. */
export const requiredClaim = z
  .string()
  .regex(/^[\x21-\x3c\x3e-\x7e]{1,200}=[^\p{Cc}]{1,200}$/u, "must be name=value, such as hd=example.com")
  .transform((text) => ({ name: text.slice(0, text.indexOf("=")), value: text.slice(text.indexOf("=") + 1) }))
  .optional();
/** What is asked of an issuer, as OAuth writes it. */
export const scopes = z
  .string()
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/, "must be scopes with one space between them")
  .refine((text) => text.split(" ").includes("openid"), "must contain openid: without it there is no ID token")
  .default("openid email profile");

function isSafeIssuer({ protocol, hostname, username, password, search, hash }: URL): boolean {
  const isHere = ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
  return (protocol === "https:" || (protocol === "http:" && isHere)) && `${username}${password}${search}${hash}` === "";
}
