/** Whether npm started us: what runs our commands in this directory is npx then. */
export const isByNpx = () => process.env["npm_command"] !== undefined;

/** A command of ours as it is run here. */
export function commandHere(words: string): string {
  return `${isByNpx() ? "npx " : ""}plimsoll ${words}`;
}
