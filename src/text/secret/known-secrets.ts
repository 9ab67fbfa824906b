/** Which ASCII characters a part of a secret is written in: 1 at the code of each. */
export type Alphabet = Uint8Array;

/** So many characters of an alphabet behind fixed ones; of more than `most` the rest is left. */
interface SecretPart {
  readonly lead: string;
  readonly alphabet: Alphabet;
  readonly least: number;
  readonly most: number;
}

/** What the first part of a secret must hold to be one right behind a letter or a digit, where a name may go on: a whole key, not the rest of `task-project`. */
export interface GluedBody {
  /** As many characters as the issuer writes at the least. */
  readonly least: number;
  /** So many letters and digits in a row must be random: words between dashes are shorter. */
  readonly run: number;
  /** Words end in what it begins with (`desk_live_…`), and ids of digits and one case follow those. */
  readonly isMixed: boolean;
  /** Names begin like it (`fw_BlockInbound2026`): its kinds of characters change as often as chance changes them. */
  readonly isScattered?: boolean;
}

/**
 * A shape of secret: its parts follow each other without a gap. `glued`: null where it never stands behind a letter or a digit. `isWhole`: what is not
 * as `glued` says is none anywhere, as names begin like it.
 */
export interface SecretShape {
  readonly parts: readonly SecretPart[];
  readonly glued: GluedBody | null;
  readonly isWhole?: boolean;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const lowerCase = LETTERS.slice(26).split("");

/** Letters and digits. */
export const WORD: Alphabet = alphabetOf(LETTERS + DIGITS);
const HEX = alphabetOf("abcdefABCDEF0123456789");
const LOWER_HEX = alphabetOf("abcdef0123456789");
const NUMERAL = alphabetOf(DIGITS);
const UPPER = alphabetOf(LETTERS.slice(0, 26) + DIGITS);
const WORD_AND = (others: string) => alphabetOf(LETTERS + DIGITS + others);
/** Letters, digits, `_` and `-`. */
export const BASE64_URL = WORD_AND("_-");

/**
 * Shapes of well-known secrets. AWS `AKIA…`/`ASIA…` ids and publishable keys (`pk_live_…`) are public and not among them.
 * Each ends in as much randomness as its issuer writes, so that names such as `sk-learn-service` are left alone.
 */
export const KNOWN_SECRETS: readonly SecretShape[] = [
  ...shapes(["sk_live_", "sk_test_", "rk_live_", "rk_test_"], WORD, 8, mixed(24)), // Stripe
  ...shapes(["whsec_"], WORD_AND("+/="), 16, plain(32)),
  ...shapes(["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], WORD, 20, plain(36)), // GitHub, GitLab
  ...shapes(["github_pat_"], WORD_AND("_"), 20, plain(36)),
  ...shapes(["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-"], WORD_AND("_.-"), 16, plain(20)),
  ...shapes(
    lowerCase.map((kind) => `xox${kind}-`),
    WORD_AND("-"),
    8,
    plain(24, 20),
  ), // Slack
  ...shapes(
    DIGITS.split("").map((level) => `xapp-${level}-`),
    WORD_AND("-"),
    16,
    plain(40, 32),
  ),
  ...shapes(["sk-ant-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-or-", "sk-live-"], BASE64_URL, 16, mixed(32)), // OpenAI, Anthropic and their like
  ...shapes(["sk-or-v1-"], LOWER_HEX, 64, plain(64), 64), // OpenRouter
  ...shapes(["sk-"], WORD, 20, mixed(48)),
  { parts: [part("SG.", BASE64_URL, 16), part(".", BASE64_URL, 16)], glued: plain(22) }, // SendGrid
  ...shapes(["AIza"], BASE64_URL, 35, plain(35), 35), // Google
  ...shapes(["GOCSPX-", "ya29."], BASE64_URL, 20, plain(28)),
  ...shapes(["npm_"], WORD, 36, mixed(36), 36),
  ...shapes(["pypi-"], BASE64_URL, 32, mixed(64)),
  ...shapes(["hf_"], WORD, 30, mixed(34)), // Hugging Face
  ...shapes(["hvs.", "hvb.", "hvr."], BASE64_URL, 20, mixed(24)), // Vault
  ...shapes(["shpat_", "shpca_", "shppa_", "shpss_"], HEX, 32, plain(32), 32), // Shopify
  ...shapes(["doo_v1_", "dop_v1_", "dor_v1_"], LOWER_HEX, 64, plain(64), 64), // DigitalOcean
  ...shapes(["dapi"], LOWER_HEX, 32, plain(32), 32), // Databricks
  ...shapes(["glsa_", "glc_"], WORD_AND("_+/="), 32, plain(40)), // Grafana
  ...shapes(["sq0csp-", "sq0atp-"], BASE64_URL, 22, plain(22)), // Square
  ...shapes(["ATATT3"], WORD_AND("_=-"), 24, plain(40)), // Atlassian
  ...shapes(["gsk_"], WORD, 40, mixed(52)), // Groq
  ...shapes(["xai-"], WORD_AND("_"), 60, mixed(80)),
  ...whole(["r8_"], BASE64_URL, 37), // Replicate
  ...shapes(["pplx-"], WORD, 40, mixed(48)), // Perplexity
  ...shapes(["nvapi-"], BASE64_URL, 56, plain(64)), // NVIDIA
  ...whole(["fw_"], WORD, 20), // Fireworks
  ...shapes(["tgp_v1_"], BASE64_URL, 40, plain(43)), // Together
  ...shapes(["pcsk_"], WORD_AND("_"), 60, plain(69)), // Pinecone
  ...shapes(["dckr_pat_", "dckr_oat_"], BASE64_URL, 27, plain(27)), // Docker
  ...shapes(["ntn_"], WORD, 40, mixed(46)), // Notion
  ...shapes(["lin_api_", "lin_oauth_"], WORD, 32, mixed(40)), // Linear
  { parts: [part("PMAK-", LOWER_HEX, 24, 24), part("-", LOWER_HEX, 34, 34)], glued: plain(24) }, // Postman
  ...shapes(["sntrys_"], WORD_AND("+/=_"), 40, plain(40)), // Sentry
  ...shapes(["sntryu_"], LOWER_HEX, 64, plain(64), 64),
  ...shapes(["sbp_"], LOWER_HEX, 40, plain(40), 40), // Supabase
  ...whole(["sb_secret_"], BASE64_URL, 30),
  ...shapes(["rubygems_"], LOWER_HEX, 48, plain(48), 48),
  ...shapes(["NRAK-"], UPPER, 27, plain(27), 27), // New Relic
  // Who has the address of a webhook may post there: also as the path alone, as a gateway logs it.
  { parts: [part("services/T", UPPER, 7), part("/B", UPPER, 7), part("/", WORD, 20)], glued: null }, // Slack
  ...shapes(["hooks.slack.com/triggers/", "hooks.slack.com/workflows/"], WORD_AND("/"), 40, null),
  { parts: [part("webhooks/", NUMERAL, 17), part("/", BASE64_URL, 60)], glued: null }, // Discord
  ...shapes(["AccountKey=", "SharedAccessKey="], WORD_AND("+/="), 40, plain(40)), // Azure
  // What an Authorization header holds, whoever issued it (RFC 6750, 7617).
  ...shapes(["Bearer ", "bearer ", "Basic ", "basic "], WORD_AND("-._~+/="), 20, mixed(20)),
  // JWT
  { parts: [part("eyJ", BASE64_URL, 8), part(".eyJ", BASE64_URL, 8), part(".", BASE64_URL, 0)], glued: plain(12) },
];

/** The alphabet of these ASCII characters. */
export function alphabetOf(characters: string): Alphabet {
  const alphabet = new Uint8Array(128);
  for (let at = 0; at < characters.length; at += 1) alphabet[characters.charCodeAt(at)] = 1;
  return alphabet;
}

function shapes(
  leads: readonly string[],
  alphabet: Alphabet,
  least: number,
  glued: GluedBody | null,
  most?: number,
): SecretShape[] {
  return leads.map((lead) => ({ parts: [part(lead, alphabet, least, most)], glued }));
}

/** What is none unless it is as long as its issuer writes it, and random: `r8_build-of-…` is a name. */
function whole(leads: readonly string[], alphabet: Alphabet, least: number): SecretShape[] {
  const glued: GluedBody = { least, run: 8, isMixed: true, isScattered: true };
  return leads.map((lead) => ({ parts: [part(lead, alphabet, least)], glued, isWhole: true }));
}

function part(lead: string, alphabet: Alphabet, least: number, most: number = Infinity): SecretPart {
  return { lead, alphabet, least, most };
}

/** No word ends in what it begins with: digits and letters of any kind are random enough. */
function plain(least: number, run: number = 8): GluedBody {
  return { least, run, isMixed: false };
}

function mixed(least: number): GluedBody {
  return { least, run: 16, isMixed: true };
}
