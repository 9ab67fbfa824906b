/** A piece of text that people may read, with the line of its file on which it begins. */
export interface TextPiece {
  readonly line: number;
  readonly text: string;
}

/** After these a slash begins a regular expression, and divides nothing. */
const BEFORE_REGEX = /^(?:|[([{,;=:?!&|^~+\-*%<>}]|return|typeof|case|in|of|await)$/;
const TOKEN = /\s+|\/\/[^\n]*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\w$]+|[^]/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/\w*/y;
const TEMPLATE_PART = /[`}]((?:\\[^]|(?!\$\{)[^`\\])*)(`|\$\{)/y;

/**
 * The string literals and the fixed parts of the templates of a TypeScript file, without its comments, regular expressions and the modules that
 * it imports. @throws Error where it cannot follow the text
 */
export function literalsOf(code: string): TextPiece[] {
  const found: TextPiece[] = [];
  const depths: number[] = [];
  let at = 0;
  let before = "";
  const take = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(code);
    if (match === null) throw new Error(`cannot read on from: ${code.slice(at, at + 60)}`);
    at = pattern.lastIndex;
    return match;
  };
  const lineAt = (index: number) => code.slice(0, index).split("\n").length;
  while (at < code.length) {
    const start = at;
    const sign = code[at]!;
    const isPartOn = sign === "}" && depths.at(-1) === 0;
    if (sign === "`" || isPartOn) {
      if (isPartOn) depths.pop();
      const [, text = "", end] = take(TEMPLATE_PART);
      found.push({ line: lineAt(start), text });
      if (end === "${") depths.push(0);
      before = end === "${" ? "{" : '"';
      continue;
    }
    if (sign === "/" && !/[/*]/.test(code[at + 1] ?? "") && BEFORE_REGEX.test(before)) {
      take(REGEX);
      before = '"';
      continue;
    }
    const [token] = take(TOKEN);
    if (/^(?:\s|\/[/*])/.test(token)) continue;
    if (/^["']./.test(token)) {
      const isModule =
        before === "from" || before === "import" || (before === "(" && /\bimport\($/.test(code.slice(0, start)));
      if (!isModule) found.push({ line: lineAt(start), text: token.slice(1, -1) });
    }
    if (sign === "{" && depths.length > 0) depths[depths.length - 1]! += 1;
    if (sign === "}" && depths.length > 0) depths[depths.length - 1]! -= 1;
    // `list[0]! / 2`: an assertion is no operator.
    if (!(token === "!" && /^(?:[\w$]+|[)\]"])$/.test(before) && !BEFORE_REGEX.test(before)))
      before = token.slice(0, 20);
  }
  return found;
}

/** The comments of tables, views and columns in a SQL file. */
export function sqlCommentsOf(sql: string): TextPiece[] {
  return [...sql.matchAll(/\bCOMMENT '((?:[^']|'')*)'/g)].map(({ 1: text = "", index }) => ({
    line: sql.slice(0, index).split("\n").length,
    text,
  }));
}

/** Every line of a file. */
export function linesOf(text: string): TextPiece[] {
  return text.split("\n").map((one, i) => ({ line: i + 1, text: one }));
}
