/** A link that fills in a token on the sign-in page: what follows # is sent to nobody, nor kept in the browser's history. */
export function signInLink(url: string, token: string): string {
  return `${url}/sign-in#${token}`;
}
