import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { NetworkTable } from "../../src/model/network/network-table.js";
import { NetworksFileError, readNetworksFile, watchNetworksFile } from "../../src/store/networks/networks-file.js";

const directory = mkdtempSync(join(tmpdir(), "plimsoll-networks-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const asnIn = (table: NetworkTable) => table.lookup("::ffff:192.0.2.1")?.asn ?? null;
const csv = (asn: number) => `cidr,asn,name,type\n192.0.2.0/24,AS${asn},Example Hosting,hosting\n`;

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** Watches a file whose every report and change can be awaited. */
function watch(path: string) {
  const observed = new EventEmitter();
  const problems: NetworksFileError[] = [];
  const file = watchNetworksFile(path, {
    everyMs: 5,
    onProblem: (problem) => {
      problems.push(problem);
      observed.emit("problem");
    },
    onChange: () => observed.emit("change"),
  });
  // The watch does not keep the process alive; the deadline does, and ends a test that would wait for ever.
  const next = async (name: "problem" | "change") => {
    const deadline = setTimeout(() => observed.emit("error", new Error(`no ${name} in 10 s`)), 10_000);
    await once(observed, name).finally(() => clearTimeout(deadline));
  };
  return { file, problems, next };
}

describe("reading a networks file", () => {
  it("gives its table", () => assert.equal(asnIn(readNetworksFile(write("good.csv", csv(64500)))), 64500));

  it("names file, line and fix of every line that it cannot use", () => {
    const path = write("bad.csv", `${csv(64500)}10.0.0.0/40,1,x,isp\n10.0.0.0/8,1,x,home\n`);
    assert.throws(() => readNetworksFile(path), {
      name: "NetworksFileError",
      message: `${path} is not usable:
  line 3: cidr "10.0.0.0/40": write a block such as 192.0.2.0/24 or 2001:db8::/32, or one address
  line 4: type "home": write one of hosting, isp, cloud, vpn, business, internal`,
    });
  });

  it("shows twenty lines of a file that is something else, and counts the rest", () => {
    const path = write("other.csv", "not a network\n".repeat(500));
    assert.throws(
      () => readNetworksFile(path),
      (error) =>
        error instanceof NetworksFileError &&
        error.message.split("\n").length === 22 &&
        error.message.endsWith("and 480 more lines"),
    );
  });

  it("says of a file that it cannot read which one and why", () => {
    const path = join(directory, "missing.csv");
    assert.throws(
      () => readNetworksFile(path),
      new RegExp(`^NetworksFileError: ${path} cannot be read \\(ENOENT\\): `),
    );
  });
});

describe("watching a networks file", () => {
  it("takes up a changed file, written in place or put in its place", async () => {
    const path = write("changed.csv", csv(64500));
    const { file, problems, next } = watch(path);
    assert.equal(asnIn(file.current()), 64500);
    write("changed.csv", csv(64501));
    await next("change");
    assert.equal(asnIn(file.current()), 64501);
    renameSync(write("new.csv", csv(64502)), path);
    await next("change");
    assert.equal(asnIn(file.current()), 64502);
    assert.deepEqual(problems, []);
    file.close();
  });

  it("reports a broken version once, keeps the old table, and takes up the mended one", async () => {
    const path = write("broken.csv", csv(64500));
    const { file, problems, next } = watch(path);
    write("broken.csv", `${csv(64501)}10.0.0.0/8,1,x,home\n`);
    await next("problem");
    assert.equal(asnIn(file.current()), 64500);
    write("broken.csv", csv(64502));
    await next("change");
    assert.equal(asnIn(file.current()), 64502);
    assert.deepEqual(
      problems.map(({ message }) => message.startsWith(`${path} is not usable:\n  line 3: type "home"`)),
      [true],
    );
    file.close();
  });

  it("reports a file that went away once, keeps the old table, and takes it up when it is back", async () => {
    const path = write("away.csv", csv(64500));
    const { file, problems, next } = watch(path);
    rmSync(path);
    await next("problem");
    assert.equal(asnIn(file.current()), 64500);
    write("away.csv", csv(64501));
    await next("change");
    assert.equal(asnIn(file.current()), 64501);
    assert.match(problems.map(({ message }) => message).join(), /^[^,]*cannot be read \(ENOENT\)[^,]*$/);
    file.close();
  });

  it("refuses to start on a broken file", () => {
    const path = write("first.csv", "10.0.0.0/8,1,x,home\n");
    assert.throws(() => watchNetworksFile(path, { onProblem: () => {} }), NetworksFileError);
  });
});
