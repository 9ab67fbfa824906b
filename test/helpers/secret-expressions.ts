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
];

/** Everything but random base64. */
export const SECRET_EXPRESSION = new RegExp(
  `(?<![A-Za-z0-9])(?:${PREFIXED.join("|")})` +
    '|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^"\\\\-]|\\\\+(?!["\\\\])|-(?!----END))*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?' +
    "|(?<=://)[^\\s/:@\"'\\\\]{0,128}:[^\\s/@\"'\\\\]{1,256}(?=@)",
  "g",
);

/** How an AWS secret access key looks, but for its randomness. */
export const BASE64_EXPRESSION = /(?<![A-Za-z0-9+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9+=])/g;
