/**
 * Shapes of well-known secrets: Stripe, GitHub, Slack, OpenAI/Anthropic, SendGrid, Google, JWT and PEM private keys.
 * AWS `AKIA…`/`ASIA…` ids are public identifiers and are not among them.
 */
const SECRET_SHAPES = new RegExp(
  [
    "\\b[sr]k_(?:live|test)_[A-Za-z0-9]{8,}",
    "\\bwhsec_[A-Za-z0-9+/=]{16,}",
    "\\bgh[pousr]_[A-Za-z0-9]{20,}",
    "\\bgithub_pat_[A-Za-z0-9_]{20,}",
    "\\bglpat-[A-Za-z0-9_-]{16,}",
    "\\bxox[abeprs]-[A-Za-z0-9-]{10,}",
    "\\bsk-[A-Za-z0-9_-]{20,}",
    "\\bSG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}",
    "\\bAIza[A-Za-z0-9_-]{35}",
    "\\bnpm_[A-Za-z0-9]{36}",
    "\\beyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*",
    "-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
  ].join("|"),
  "g",
);

/** 40 characters of base64 with both cases and a digit, alone: how an AWS secret access key looks. */
const AWS_SECRET_KEY = /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9/+]{40}$/;

/** True when the whole text, or a part of it, has the shape of a secret. */
export function looksLikeSecret(text: string): boolean {
  SECRET_SHAPES.lastIndex = 0;
  return SECRET_SHAPES.test(text) || AWS_SECRET_KEY.test(text);
}

/** The text with every shape of a secret replaced by `[secret]`, and whether there was any. */
export function maskSecrets(text: string): { readonly text: string; readonly masked: boolean } {
  if (AWS_SECRET_KEY.test(text)) return { text: "[secret]", masked: true };
  SECRET_SHAPES.lastIndex = 0;
  if (!SECRET_SHAPES.test(text)) return { text, masked: false };
  return { text: text.replace(SECRET_SHAPES, "[secret]"), masked: true };
}
