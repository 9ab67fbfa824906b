import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as hold, integer, nat, option, property, tuple } from "fast-check";
import { lineagesOf, withElders } from "../../src/model/key/lineage.js";
import { inParts } from "../../src/model/key/in-parts.js";

test("keys are learned in parts that hold each key once, and all that a key succeeds beside it", () => {
  const registries = array(tuple(nat(40), option(nat(40))), { maxLength: 40 });
  hold(
    property(registries, integer({ min: 1, max: 10 }), (entries, most) => {
      // A key succeeds an earlier one only: the registry takes no circles.
      const keys = entries.map(([n, elder]) => {
        const replaces = elder !== null && elder < n ? `key_${elder}` : "";
        return [`key_${n}`, { keyId: `key_${n}`, replaces }] as const;
      });
      const lineages = lineagesOf(new Map(keys));
      const ids = withElders(
        lineages,
        keys.map(([id]) => id),
      );
      const parts = inParts(ids, lineages, most);
      assert.deepEqual(parts.flat().toSorted(), ids.toSorted());
      for (const part of parts) {
        for (const id of part)
          assert.ok(
            (lineages.get(id) ?? []).every((elder) => part.includes(elder)),
            id,
          );
      }
    }),
  );
});
