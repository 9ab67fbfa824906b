import { isOfKnownYears, OF_KNOWN_YEARS } from "../../model/parse-instant.js";
import { cleanText } from "../../text/clean-text.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { KEY_ID_CAP } from "../../text/text-caps.js";

/** A cursor of ours is no longer: an id of an incident, with a key's in it, and a number. */
const LONGEST_PLACE = 2 * KEY_ID_CAP;
const DAY_MS = 86_400_000;
const [MOST_OTHERS, LONGEST_NAME] = [5, 64];

/** What a list is asked for by its address, field by field, and what of that is not understood. */
export class Asked {
  readonly problems: string[] = [];
  readonly #fields: URLSearchParams;
  readonly #known = new Set<string>();

  /** @param url the path and query of a request */
  constructor(url: string) {
    const at = url.indexOf("?");
    this.#fields = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  }

  /** A text; empty where it was left out, or may be a secret, which is then never shown again. */
  text(name: string): string {
    this.#known.add(name);
    if (this.#fields.getAll(name).length > 1) {
      this.problems.push(`${name}: given more than once`);
      return "";
    }
    const given = (this.#fields.get(name) ?? "").trim();
    if (given === "") return "";
    if (given.length <= KEY_ID_CAP && !looksLikeSecret(given)) return given;
    this.problems.push(`${name}: too long, or looks like a secret`);
    return "";
  }

  /** A place in a list, as a link of ours holds it: ids of incidents may look like anything. */
  place(name: string): string {
    this.#known.add(name);
    return (this.#fields.get(name) ?? "").slice(0, LONGEST_PLACE);
  }

  /** One of some words; empty where it was left out. */
  oneOf<const Name extends string>(name: string, names: readonly Name[]): Name | "" {
    const given = this.text(name);
    const known = names.find((one) => one === given);
    if (given !== "" && known === undefined) this.problems.push(`${name}: must be one of ${names.join(", ")}`);
    return known ?? "";
  }

  /** Where a day begins, UTC (epoch ms), or ends; null where it was left out. */
  day(name: string, edge: "begin" | "end"): number | null {
    const given = this.text(name);
    if (given === "") return null;
    const begin = /^\d{4}-\d\d-\d\d$/.test(given) ? Date.parse(given) : Number.NaN;
    if (Number.isNaN(begin)) this.problems.push(`${name}: must be a day like 2026-03-08`);
    else if (!isOfKnownYears(begin)) this.problems.push(`${name}: ${OF_KNOWN_YEARS}`);
    return isOfKnownYears(begin) ? begin + (edge === "end" ? DAY_MS : 0) : null;
  }

  /** Refuses whatever else is given, once all has been asked for: a field that is misspelt shows the usual list, and looks like an answer. */
  refuseOthers(): void {
    const others = [...new Set(this.#fields.keys())].filter((name) => !this.#known.has(name));
    const shown = others.slice(0, MOST_OTHERS).map((name) => cleanText(name, LONGEST_NAME).text);
    this.problems.push(
      ...shown.map((name) => `${name}: no field of this list; there are ${[...this.#known].join(", ")}`),
    );
  }

  get isCsv(): boolean {
    return this.oneOf("format", ["html", "csv"]) === "csv";
  }
}

/** The query of a link: what is empty is left out; empty where all is. */
export function queryOf(fields: Readonly<Record<string, string>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
