/** The shapes of secrets once more, as expressions: too slow for hostile text, and easy to read. Written from issuers' own documents. */
const PREFIXED = [
  "[sr]k_(?:live|test)_[A-Za-z0-9]{8,}",
  "whsec_[A-Za-z0-9+/=]{16,}",
  "gh[pousr]_[A-Za-z0-9]{20,}",
  "github_pat_[A-Za-z0-9_]{20,}",
  "gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_.-]{16,}",
  "xox[a-z]-[A-Za-z0-9-]{8,}",
  "xapp-[0-9]-[A-Za-z0-9-]{16,}",
  "sk-(?:ant|proj|svcacct|admin|or|live)-[A-Za-z0-9_-]{16,}",
  "sk-[A-Za-z0-9]{20,}",
  "SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}",
  "AIza[A-Za-z0-9_-]{35}",
  "GOCSPX-[A-Za-z0-9_-]{20,}",
  "ya29\\.[A-Za-z0-9_-]{20,}",
  "npm_[A-Za-z0-9]{36}",
  "pypi-[A-Za-z0-9_-]{32,}",
  "hf_[A-Za-z0-9]{30,}",
  "hv[sbr]\\.[A-Za-z0-9_-]{20,}",
  "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
  "do[opr]_v1_[a-f0-9]{64}",
  "dapi[a-f0-9]{32}",
  "gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}",
  "sq0(?:csp|atp)-[A-Za-z0-9_-]{22,}",
  "[Bb](?:earer|asic) [A-Za-z0-9._~+/=-]{20,}",
  "ATATT3[A-Za-z0-9_=-]{24,}",
  "eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*",
  "gsk_[A-Za-z0-9]{40,}",
  "xai-[A-Za-z0-9_]{60,}",
  "pplx-[A-Za-z0-9]{40,}",
  "nvapi-[A-Za-z0-9_-]{56,}",
  "tgp_v1_[A-Za-z0-9_-]{40,}",
  "pcsk_[A-Za-z0-9_]{60,}",
  "dckr_[po]at_[A-Za-z0-9_-]{27,}",
  "ntn_[A-Za-z0-9]{40,}",
  "lin_(?:api|oauth)_[A-Za-z0-9]{32,}",
  "PMAK-[a-f0-9]{24}-[a-f0-9]{34}",
  "sntrys_[A-Za-z0-9+/=_]{40,}",
  "sntryu_[a-f0-9]{64}",
  "sbp_[a-f0-9]{40}",
  "rubygems_[a-f0-9]{48}",
  "NRAK-[A-Z0-9]{27}",
  "services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}",
  "hooks\\.slack\\.com/(?:triggers|workflows)/[A-Za-z0-9/]{40,}",
  "webhooks/[0-9]{17,}/[A-Za-z0-9_-]{60,}",
  "(?:Account|SharedAccess)Key=[A-Za-z0-9+/=]{40,}",
];

const ESCAPED = "\\\\(?:[A-Za-z]|[0-7]{1,3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})|[%#][0-9A-Fa-f]{2}|%u[0-9A-Fa-f]{4}";

/** What is whole behind a letter or a digit as well: its lead, its first body, how long a run of it is random, and whether in both cases. */
const WHOLE: readonly (readonly [lead: string, body: string, run: number, isMixed: boolean, rest?: string])[] = [
  ["[sr]k_(?:live|test)_", "[A-Za-z0-9]{24,}", 16, true],
  ["whsec_", "[A-Za-z0-9+/=]{32,}", 8, false],
  ["gh[pousr]_", "[A-Za-z0-9]{36,}", 8, false],
  ["github_pat_", "[A-Za-z0-9_]{36,}", 8, false],
  ["gl(?:pat|dt|rt|ptt|cbt|soat)-", "[A-Za-z0-9_.-]{20,}", 8, false],
  ["xox[a-z]-", "[A-Za-z0-9-]{24,}", 20, false],
  ["xapp-[0-9]-", "[A-Za-z0-9-]{40,}", 32, false],
  ["sk-(?:ant|proj|svcacct|admin|or|live)-", "[A-Za-z0-9_-]{32,}", 16, true],
  ["sk-or-v1-", "[a-f0-9]{64}(?![a-f0-9])", 8, false],
  ["sk-", "[A-Za-z0-9]{48,}", 16, true],
  ["SG\\.", "[A-Za-z0-9_-]{22,}", 8, false, "\\.[A-Za-z0-9_-]{16,}"],
  ["AIza", "[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])", 8, false],
  ["(?:GOCSPX-|ya29\\.)", "[A-Za-z0-9_-]{28,}", 8, false],
  ["npm_", "[A-Za-z0-9]{36}(?![A-Za-z0-9])", 16, true],
  ["pypi-", "[A-Za-z0-9_-]{64,}", 16, true],
  ["hf_", "[A-Za-z0-9]{34,}", 16, true],
  ["hv[sbr]\\.", "[A-Za-z0-9_-]{24,}", 16, true],
  ["shp(?:at|ca|pa|ss)_", "[a-fA-F0-9]{32}(?![a-fA-F0-9])", 8, false],
  ["do[opr]_v1_", "[a-f0-9]{64}(?![a-f0-9])", 8, false],
  ["dapi", "[a-f0-9]{32}(?![a-f0-9])", 8, false],
  ["gl(?:sa|c)_", "[A-Za-z0-9_+/=]{40,}", 8, false],
  ["sq0(?:csp|atp)-", "[A-Za-z0-9_-]{22,}", 8, false],
  ["ATATT3", "[A-Za-z0-9_=-]{40,}", 8, false],
  ["eyJ", "[A-Za-z0-9_-]{12,}", 8, false, "\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*"],
  ["gsk_", "[A-Za-z0-9]{52,}", 16, true],
  ["xai-", "[A-Za-z0-9_]{80,}", 16, true],
  ["pplx-", "[A-Za-z0-9]{48,}", 16, true],
  ["nvapi-", "[A-Za-z0-9_-]{64,}", 8, false],
  ["tgp_v1_", "[A-Za-z0-9_-]{43,}", 8, false],
  ["pcsk_", "[A-Za-z0-9_]{69,}", 8, false],
  ["dckr_[po]at_", "[A-Za-z0-9_-]{27,}", 8, false],
  ["ntn_", "[A-Za-z0-9]{46,}", 16, true],
  ["lin_(?:api|oauth)_", "[A-Za-z0-9]{40,}", 16, true],
  ["PMAK-", "[a-f0-9]{24}", 8, false, "-[a-f0-9]{34}"],
  ["sntrys_", "[A-Za-z0-9+/=_]{40,}", 8, false],
  ["sntryu_", "[a-f0-9]{64}(?![a-f0-9])", 8, false],
  ["sbp_", "[a-f0-9]{40}(?![a-f0-9])", 8, false],
  ["rubygems_", "[a-f0-9]{48}(?![a-f0-9])", 8, false],
  ["NRAK-", "[A-Z0-9]{27}(?![A-Z0-9])", 8, false],
  ["(?:Account|SharedAccess)Key=", "[A-Za-z0-9+/=]{40,}", 8, false],
  ["[Bb](?:earer|asic) ", "[A-Za-z0-9._~+/=-]{20,}", 16, true],
];
/** What must be whole wherever it stands, as names begin like it. */
const ALWAYS_WHOLE = [
  ["r8_", "[A-Za-z0-9_-]{37,}"],
  ["fw_", "[A-Za-z0-9]{20,}"],
  ["sb_secret_", "[A-Za-z0-9_-]{30,}"],
] as const;
const WHOLE_EXPRESSIONS = [
  ...WHOLE.map(([lead, body, run, isMixed, rest = ""]) => {
    const expression = new RegExp(`(?<=[A-Za-z0-9])${lead}(${body})${rest}`, "y");
    return { expression, run, isMixed, isScattered: false };
  }),
  ...ALWAYS_WHOLE.map(([lead, body]) => {
    return { expression: new RegExp(`${lead}(${body})`, "y"), run: 8, isMixed: true, isScattered: true };
  }),
];

/** Most places begin none of them. */
const WHOLE_LEADS = new RegExp([...WHOLE, ...ALWAYS_WHOLE].map(([lead]) => lead).join("|"), "y");

/** Everything but random base64. */
const SECRET_EXPRESSION = new RegExp(
  `(?:(?<![A-Za-z0-9])|(?<=${ESCAPED}))(?:${PREFIXED.join("|")})` +
    '|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^"\\\\-]|\\\\+(?!["\\\\])|-(?!----END))*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?' +
    "|(?<=(?<![0-9])[0-9]{8,12}:)AA[A-Za-z0-9_-]{33,}" +
    "|(?<=://)[^\\s/:@\"'\\\\]{0,128}:[^\\s/@\"'\\\\]{1,256}(?=@)",
  "y",
);

/** Where the expressions find secrets in a text, from left to right. */
export function expectedSpans(text: string): { from: number; to: number }[] {
  const spans: { from: number; to: number }[] = [];
  for (let at = 0; at < text.length;) {
    const length = lengthAt(text, at);
    if (length > 0) spans.push({ from: at, to: at + length });
    at += Math.max(1, length);
  }
  return spans;
}

function lengthAt(text: string, at: number): number {
  SECRET_EXPRESSION.lastIndex = at;
  const bounded = SECRET_EXPRESSION.exec(text);
  if (bounded !== null) return bounded[0].length;
  WHOLE_LEADS.lastIndex = at;
  if (!WHOLE_LEADS.test(text)) return 0;
  for (const { expression, run, isMixed, isScattered } of WHOLE_EXPRESSIONS) {
    expression.lastIndex = at;
    const whole = expression.exec(text);
    if (whole === null) continue;
    const runs = whole[1]!.slice(0, 128).split(/[^A-Za-z0-9]+/);
    const isKey = (one: string) => one.length >= run && isRandom(one, isMixed) && (!isScattered || isScatteredRun(one));
    if (runs.some(isKey)) return whole[0].length;
  }
  return 0;
}

function isRandom(run: string, isMixed: boolean): boolean {
  if (/^[0-9]*$/.test(run)) return false;
  const isOfBothCases = run !== run.toLowerCase() && run !== run.toUpperCase();
  if (/[0-9]/.test(run)) return !isMixed || isOfBothCases;
  return isOfBothCases && (run.match(/[a-z](?=[A-Z])|[A-Z](?=[a-z])/g) ?? []).length >= 9;
}

/** Its kind of character changes at every third or more often. */
function isScatteredRun(run: string): boolean {
  const kinds = run.split("").map((one) => (/[a-z]/.test(one) ? "a" : /[A-Z]/.test(one) ? "A" : "0"));
  return kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length >= run.length / 3;
}

/** How an AWS secret access key looks, but for its randomness. */
export const BASE64_EXPRESSION = /(?<![A-Za-z0-9+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9+=])/g;
