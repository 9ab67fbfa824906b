import { AddressRangesBuilder } from "./address-ranges.js";
import { parseAddress } from "./address.js";
import { printable } from "../../text/clean-text.js";
import { parseCsvLine } from "../../text/csv-line.js";
import { NetworkTable, type Network } from "./network-table.js";
import { networkTypeOf } from "./network-type.js";

/**
 * Collects lines `first,last,asn,name` of the built-in table, in ascending order within each family, into a table. An autonomous system
 * has one name and one type, those of its first line: half a million lines make some 90,000 networks.
 */
export class NetworkRows {
  readonly #networks: Network[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #v4 = new AddressRangesBuilder(1);
  readonly #v6 = new AddressRangesBuilder(4);
  #count = 0;

  /** @throws Error when it is no such line or out of order. */
  add(line: string): void {
    const afterFirst = line.indexOf(",");
    const afterLast = line.indexOf(",", afterFirst + 1);
    const afterAsn = line.indexOf(",", afterLast + 1);
    const first = parseAddress(line.slice(0, afterFirst));
    const last = parseAddress(line.slice(afterFirst + 1, afterLast));
    const asn = line.slice(afterLast + 1, afterAsn);
    if (first === null || last === null || first.length !== last.length || !/^\d{1,10}$/.test(asn)) {
      throw new Error(`it reads ${JSON.stringify(line.slice(0, 80))} and should read first,last,asn,name`);
    }
    const value = this.#numbers.get(asn) ?? this.#addNetwork(asn, line.slice(afterAsn + 1));
    (first.length === 1 ? this.#v4 : this.#v6).addRange(first, last, value);
    this.#count++;
  }

  build(): NetworkTable {
    return new NetworkTable([{ networks: this.#networks, v4: this.#v4.build(), v6: this.#v6.build() }], this.#count);
  }

  #addNetwork(asnText: string, nameText: string): number {
    // The first field only: a slice of the line would keep the file in memory, hence the copy.
    // Whoever registers a system chooses its name.
    const name = printable(Buffer.from(parseCsvLine(nameText)?.join(", ") ?? nameText).toString());
    const asn = Number(asnText);
    const value = this.#networks.push({ asn, name, type: networkTypeOf(asn, name) });
    this.#numbers.set(Buffer.from(asnText).toString(), value);
    return value;
  }
}
