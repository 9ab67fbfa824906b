import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, test } from "node:test";
import { shellQuote, suggestCommand } from "../../src/text/shell-quote.js";
import { HOSTILE_NAMES, openStubShell } from "../helpers/run-suggested.js";

const shell = openStubShell();
after(() => shell.close());

test("whatever a value holds, a shell hands it to the command as one argument, and runs nothing else", () => {
  const signs = "'\"`$\\;&|<>(){}[]*?!#~ \n\t\r\u0001\u001b\u007f%-=a’‘“\u202e\u200b€".split("").concat("😀");
  const draw = () => signs[randomInt(signs.length)]!;
  const drawn = Array.from({ length: 100 }, () => Array.from({ length: randomInt(1, 12) }, draw).join(""));
  const values = [
    ...HOSTILE_NAMES,
    "",
    "\n",
    "k\n",
    "k\n touch broken-out\n\n",
    "\u001b[2J\u0015touch broken-out\r",
    ...drawn,
  ];
  const lines = values.map((value) => suggestCommand("keys show", value));
  for (const [at, line] of lines.entries()) {
    const words = shell.argumentsOf(line);
    assert.deepEqual(words.slice(0, 2), ["keys", "show"]);
    const isOption = values[at]!.startsWith("-");
    assert.deepEqual(words.slice(2), isOption ? ["--", values[at]] : [values[at]], line);
  }
});

test("what is not plain text of a keyboard stands in a command by its number", () => {
  assert.equal(shellQuote("key_1"), "'key_1'");
  assert.equal(shellQuote("it's"), `'it'\\''s'`);
  assert.equal(shellQuote("k’\u0015"), `"$(printf 'k\\342\\200\\231\\025')"`);
  for (const value of ["ä", "\u202e", "\u001b"]) assert.match(shellQuote(value), /^[\x20-\x7e]+$/);
});
