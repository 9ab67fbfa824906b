/** The text with every secret in it replaced by `[secret]`: as it is, and as JSON, HTML and addresses write it. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap(formsOf).toSorted((a, b) => b.length - a.length);
  return forms.reduce((shown, form) => shown.replaceAll(form, "[secret]"), text);
}

function formsOf(secret: string): readonly string[] {
  const [inJson, escaped] = [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
  return [
    secret,
    inJson,
    // Some programs escape what JSON need not, so that it may stand in HTML.
    inJson.replaceAll("/", "\\/"),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    escaped,
    escaped.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ];
}
