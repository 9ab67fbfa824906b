const [PERCENT, APOSTROPHE, DASH, BACKSLASH] = [0x25, 0x27, 0x2d, 0x5c];

/** A command of ours for people to copy, with a value as its last argument: whatever the value holds, it arrives as that one argument. */
export function suggestCommand(command: string, value: string): string {
  return `plimsoll ${command} ${value.startsWith("-") ? "-- " : ""}${shellQuote(value)}`;
}

/**
 * A text as one argument of a POSIX shell, in printable ASCII: what is anything else is written in octal for printf, so that no
 * terminal is steered by what is pasted into it, and no look-alike of a quote misleads anybody. NUL, which no argument can hold, is left out.
 */
export function shellQuote(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  // The shell drops newlines from the end of what a command prints.
  let end = text.length;
  while (text[end - 1] === "\n") end -= 1;
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, "0")}`;
  const format = Array.from(Buffer.from(text.slice(0, end)), (byte, at) => {
    if (byte === 0) return "";
    if (byte === PERCENT) return "%%";
    // An option of printf begins with a dash.
    const isPlain =
      byte >= 0x20 && byte <= 0x7e && byte !== APOSTROPHE && byte !== BACKSLASH && (byte !== DASH || at > 0);
    return isPlain ? String.fromCharCode(byte) : octal(byte);
  }).join("");
  return `"$(printf '${format}')"${end < text.length ? `'${text.slice(end)}'` : ""}`;
}
