/** Limits of https://docs.slack.dev/reference/block-kit, and of attachments: what breaks one, Slack refuses as a whole. */
const LIMITS = { blocks: 50, header: 150, section: 3000, fields: 10, field: 2000, elements: 10, text: 4000, url: 3000 };

/** Named entities, or a link that was made on purpose: nothing else may stand behind & or < in mrkdwn. */
const ENTITY = /&(?:amp|lt|gt);/g;
const LINK = /<(https?:\/\/[^<>|\s]+)\|([^<>|\n]*)>/g;

type Json = Readonly<Record<string, unknown>>;

/** What Slack would refuse of a message for an incoming webhook, or show other than as text; as sentences. */
export function slackProblems(body: string): string[] {
  const message = JSON.parse(body) as Json;
  const problems: string[] = [];
  const say = (problem: string) => void problems.push(problem);
  checkKeys(message, ["text", "blocks", "attachments", "unfurl_links", "unfurl_media"], "message", say);
  checkMarkup(message["text"], LIMITS.text, "text", say);
  const attachments = arrayOf(message["attachments"]);
  const blocks = [message, ...attachments].flatMap((part) => arrayOf(part["blocks"]));
  if (blocks.length === 0 || blocks.length > LIMITS.blocks) say(`${blocks.length} blocks`);
  for (const attachment of attachments) {
    checkKeys(attachment, ["color", "fallback", "blocks"], "attachment", say);
    if (!/^#[0-9a-f]{6}$/.test(String(attachment["color"]))) say("color is none");
    checkMarkup(attachment["fallback"], LIMITS.text, "fallback", say);
  }
  for (const block of blocks) checkBlock(block, say);
  return problems;
}

function checkBlock(block: Json, say: (problem: string) => void): void {
  const { type } = block;
  if (type === "header") {
    checkKeys(block, ["type", "text"], "header", say);
    checkText(block["text"], LIMITS.header, ["plain_text"], "header", say);
  } else if (type === "section") {
    checkKeys(block, ["type", "text", "fields"], "section", say);
    const fields = block["fields"];
    if ((fields === undefined) === (block["text"] === undefined)) say("a section has either text or fields");
    if (fields === undefined) return checkText(block["text"], LIMITS.section, ["mrkdwn"], "section", say);
    const given = arrayOf(fields);
    if (given.length === 0 || given.length > LIMITS.fields) say(`${given.length} fields`);
    for (const field of given) checkText(field, LIMITS.field, ["mrkdwn"], "field", say);
  } else if (type === "context") {
    checkKeys(block, ["type", "elements"], "context", say);
    const elements = arrayOf(block["elements"]);
    if (elements.length === 0 || elements.length > LIMITS.elements) say(`${elements.length} elements`);
    for (const element of elements) checkText(element, LIMITS.section, ["plain_text", "mrkdwn"], "context", say);
  } else say(`block of type ${String(type)}`);
}

function checkText(
  given: unknown,
  most: number,
  types: readonly string[],
  where: string,
  say: (p: string) => void,
): void {
  const { type, text, ...rest } = given as Json;
  if (!types.includes(String(type))) say(`${where}: text of type ${String(type)}`);
  if (type === "mrkdwn") {
    // Else Slack makes links and mentions of what only looks like one.
    if (rest["verbatim"] !== true) say(`${where}: not verbatim`);
    checkMarkup(text, most, where, say);
  } else {
    if (rest["emoji"] !== false) say(`${where}: emoji`);
    if (/[<>]/.test(String(text))) say(`${where}: a bracket in plain text`);
    checkLength(text, most, where, say);
  }
}

function checkMarkup(text: unknown, most: number, where: string, say: (problem: string) => void): void {
  checkLength(text, most, where, say);
  const rest = String(text)
    .replaceAll(LINK, (_, url: string, words: string) => {
      if (url.length > LIMITS.url) say(`${where}: a long address`);
      return words + url;
    })
    .replaceAll(ENTITY, "");
  if (/[<>&]/.test(rest)) say(`${where}: markup in ${JSON.stringify(rest.slice(0, 80))}`);
}

function checkLength(text: unknown, most: number, where: string, say: (problem: string) => void): void {
  if (typeof text !== "string" || text.trim() === "") say(`${where}: no text`);
  else if (text.length > most) say(`${where}: ${text.length} characters`);
  else if (Buffer.from(text, "utf8").toString("utf8") !== text) say(`${where}: half a character`);
}

function checkKeys(given: Json, known: readonly string[], where: string, say: (problem: string) => void): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) say(`${where}: ${key} is no field`);
}

const arrayOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);
