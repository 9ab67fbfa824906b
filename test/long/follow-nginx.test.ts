import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Random } from "../../src/local/simulator/random.js";
import { INGEST_TOKEN, openIngest } from "../helpers/open-ingest.js";
import { hasNginx, startNginx, type RealNginx } from "../helpers/real-nginx.js";
import { testServices } from "../helpers/services.js";
import { until } from "../helpers/until.js";

const main = fileURLToPath(new URL("../../bundle/main.js", import.meta.url));
const ROUNDS = 20;
const SENDERS = 3;
const SEED = Number(process.env["TEST_SEED"] ?? 20_261_127);

/** Sends requests until it is told to wait or to stop; the ids that nginx gave them. */
function openTraffic({ url }: RealNginx) {
  const ids = new Set<string>();
  const stop = new AbortController();
  let [isHeld, underWay] = [false, 0];
  const send = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (isHeld) await pause(5);
      else {
        underWay += 1;
        const answer = await fetch(`${url}/v1/cards`, { headers: { "x-key-id": "acme-1" } });
        await answer.arrayBuffer();
        ids.add(answer.headers.get("x-id")!);
        underWay -= 1;
        await pause(2);
      }
    }
  };
  const all = Promise.all(Array.from({ length: SENDERS }, send));
  return {
    ids,
    async hold() {
      isHeld = true;
      await until("no request is under way", () => underWay === 0);
      // nginx logs after it has answered.
      await pause(50);
    },
    release: () => void (isHeld = false),
    async stop() {
      stop.abort();
      await all;
    },
  };
}

/** Shifts the rotated logs by one, as logrotate does, and returns the name that is free. */
function shift(log: string): string {
  for (let number = ROUNDS + 1; number >= 1; number -= 1)
    if (existsSync(`${log}.${number}`)) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
  return `${log}.1`;
}

test(
  "every request that nginx logged arrives once, through 20 rotations, 20 kills of the follower and lost answers",
  { skip: hasNginx() ? false : "no nginx on the PATH: install Debian's nginx to run this" },
  async (t) => {
    const dir = mkdtempSync(join(tmpdir(), "plimsoll-follow-"));
    t.after(() => rmSync(dir, { recursive: true, force: true }));
    const ingest = await openIngest(testServices().redisUrl, { quota: 1_000_000 });
    t.after(() => ingest.close());
    const nginx = await startNginx(dir);
    t.after(() => nginx.stop());
    const random = new Random(SEED, "follow");
    const startFollower = async () => {
      const child = spawn(
        process.execPath,
        [main, "import", "nginx", "--follow", nginx.log, "--state", join(dir, "place.json")],
        {
          cwd: dir,
          env: { PATH: process.env["PATH"], PLIMSOLL_URL: ingest.server.url, PLIMSOLL_INGEST_TOKENS: INGEST_TOKEN },
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      const ended = new Promise((resolve) => child.once("close", resolve));
      let said = "";
      child.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
      await until("it follows", () => {
        assert.equal(child.exitCode, null, said);
        return said.includes("following");
      });
      return { kill: async () => (child.kill("SIGKILL"), ended), pid: child.pid };
    };

    const traffic = openTraffic(nginx);
    let kills = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const follower = await startFollower();
      ingest.turns.loseAnswers = round % 5 === 1;
      await pause(random.below(500));
      const isDown = round % 3 === 0;
      if (isDown) await follower.kill();
      if (round % 2 === 0) {
        renameSync(nginx.log, shift(nginx.log));
        await nginx.reopen();
      } else {
        // What is written between copying and emptying is lost by the tool itself.
        await traffic.hold();
        copyFileSync(nginx.log, shift(nginx.log));
        if (random.below(2) === 0) await pause(random.below(700));
        truncateSync(nginx.log);
        traffic.release();
      }
      await pause(random.below(400));
      if (!isDown) await follower.kill();
      kills += 1;
      ingest.turns.loseAnswers = false;
    }
    await traffic.stop();
    const last = await startFollower();
    const rows: string[] = [];
    await until(
      "all are there",
      async () => {
        rows.push(...(await ingest.takeAll()).rows.map(({ id }) => id!));
        return new Set(rows).size >= traffic.ids.size;
      },
      30_000,
    );
    await pause(1500);
    rows.push(...(await ingest.takeAll()).rows.map(({ id }) => id!));
    await last.kill();
    t.diagnostic(
      `${traffic.ids.size} requests, ${rows.length} rows, ${ROUNDS} rotations, ${kills} kills (seed ${SEED})`,
    );
    assert.ok(traffic.ids.size > 1000);
    assert.equal(rows.length, traffic.ids.size, "none twice");
    assert.deepEqual(new Set(rows), traffic.ids);
  },
);
