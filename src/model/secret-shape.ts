/** No shape below is shorter: texts under this length need no look. */
const SHORTEST_SECRET = 13;

/**
 * Shapes of well-known secrets. AWS `AKIA…`/`ASIA…` ids and publishable keys (`pk_live_…`) are public and not among them.
 * Each ends in as much randomness as its issuer writes, so that names such as `sk-learn-service` are left alone.
 */
const PREFIXED_SHAPES = [
  "[sr]k_(?:live|test)_[A-Za-z0-9]{8,}", // Stripe
  "whsec_[A-Za-z0-9+/=]{16,}",
  "gh[pousr]_[A-Za-z0-9]{20,}", // GitHub, GitLab
  "github_pat_[A-Za-z0-9_]{20,}",
  "gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_.-]{16,}",
  "xox[a-z]-[A-Za-z0-9-]{8,}", // Slack
  "xapp-[0-9]-[A-Za-z0-9-]{16,}",
  "sk-(?:ant|proj|svcacct|admin|or|live)-[A-Za-z0-9_-]{16,}", // OpenAI, Anthropic and their like
  "sk-[A-Za-z0-9]{20,}",
  "SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}", // SendGrid
  "AIza[A-Za-z0-9_-]{35}", // Google
  "GOCSPX-[A-Za-z0-9_-]{20,}",
  "ya29\\.[A-Za-z0-9_-]{20,}",
  "npm_[A-Za-z0-9]{36}",
  "pypi-[A-Za-z0-9_-]{32,}",
  "hf_[A-Za-z0-9]{30,}", // Hugging Face
  "hv[sbr]\\.[A-Za-z0-9_-]{20,}", // Vault
  "shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}", // Shopify
  "do[opr]_v1_[a-f0-9]{64}", // DigitalOcean
  "dapi[a-f0-9]{32}", // Databricks
  "gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}", // Grafana
  "sq0(?:csp|atp)-[A-Za-z0-9_-]{22,}", // Square
  "ATATT3[A-Za-z0-9_=-]{24,}", // Atlassian
  "eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*", // JWT
];

const SECRET_SHAPES = new RegExp(
  `(?<![A-Za-z0-9])(?:${PREFIXED_SHAPES.join("|")})` +
    // Up to its end, but never past a quotation mark: a line of JSON stays one.
    '|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^"\\\\-]|\\\\+(?!["\\\\])|-(?!----END))*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?' +
    "|(?<=://)[^\\s/:@\"'\\\\]{0,128}:[^\\s/@\"'\\\\]{1,256}(?=@)", // user:password@ of a URL
  "g",
);

/** 40 characters of base64, alone or between the slashes of a path: how an AWS secret access key looks, if it is random enough. */
const AWS_SECRET_KEYS = /(?<![A-Za-z0-9+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9+=])/g;
/** Random base64 changes its kind of character 25 times in 40 (deviation 3), a path of words far less often. */
const MIN_KIND_CHANGES = 14;

/** True when the whole text, or a part of it, has the shape of a secret. */
export function looksLikeSecret(text: string): boolean {
  return maskSecrets(text).masked;
}

/** The text with every shape of a secret replaced by `[secret]`, and whether there was any. */
export function maskSecrets(text: string): { readonly text: string; readonly masked: boolean } {
  let masked = false;
  let result = text;
  if (text.length >= SHORTEST_SECRET) {
    SECRET_SHAPES.lastIndex = 0;
    if (SECRET_SHAPES.test(text)) {
      masked = true;
      result = text.replace(SECRET_SHAPES, "[secret]");
    }
  }
  if (result.length >= 40) {
    result = result.replace(AWS_SECRET_KEYS, (run) => {
      if (!isRandomBase64(run)) return run;
      masked = true;
      return "[secret]";
    });
  }
  return { text: result, masked };
}

function isRandomBase64(run: string): boolean {
  if (!/[a-z]/.test(run) || !/[A-Z]/.test(run) || !/[0-9]/.test(run)) return false;
  let changes = 0;
  for (let at = 1; at < run.length; at += 1) if (kindAt(run, at) !== kindAt(run, at - 1)) changes += 1;
  return changes >= MIN_KIND_CHANGES;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 97) return 1;
  if (code >= 65) return 2;
  return code >= 48 ? 3 : 4;
}
