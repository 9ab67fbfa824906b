import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { networkTypeOf } from "../../src/model/network/network-type.js";

describe("the type of an autonomous system", () => {
  // None of these is in the list of known ones, and the words for names were not written from them.
  const others = {
    hosting: [
      "NovoServe B.V.",
      "Dedicated.com",
      "PE Freehost",
      "HostSlim B.V.",
      "UAB Cherry Servers",
      "ServerAstra Kft.",
      "EDIS GmbH",
      "Web2Objects LLC",
      "VegasNAP, LLC",
      "Cleura AB",
      "Atlantic Metro Communications II, Inc.",
    ],
    isp: [
      "MEO - SERVICOS DE COMUNICACOES E MULTIMEDIA S.A.",
      "Hrvatski Telekom d.d.",
      "A1 Telekom Austria AG",
      "Wave Broadband",

      "TRUE INTERNET CORPORATION CO. LTD.",
      "Elisa Eesti AS",
      "Liquid Telecommunications Ltd",
      "Main one Cable Company Nigeria Limited",

      "Smart Broadband, Inc.",
      "Slovak Telekom, a.s.",
      "JSC Kazakhtelecom",
      "ViaSat,Inc.",
      "Netia SA",
      "Videotron Ltee",
    ],
    business: [
      "New York University",
      "UNIVERSITY OF SOUTH FLORIDA",
      "Oregon State University",
      "WiscNet",
      "XEROX CORPORATION",
    ],
    vpn: ["Mullvad VPN AB", "IVPN Limited"],
  } as const;

  it("by its name is right for most that the rules were not written for, and wrong for hardly any", () => {
    const judged = Object.entries(others).flatMap(([type, names]) =>
      names.map((name) => ({ name, type, found: networkTypeOf(64500, name) })),
    );
    const wrong = judged.filter(({ type, found }) => found !== "unknown" && found !== type).map(({ name }) => name);
    assert.deepEqual(wrong, ["Atlantic Metro Communications II, Inc."]);
    const right = judged.filter(({ type, found }) => found === type);
    assert.ok(right.length / judged.length > 0.6, `${right.length} of ${judged.length}`);
  });

  it("comes from what is known before what the name says, and says nothing of a name that says nothing", () => {
    assert.equal(networkTypeOf(16591, "Google Fiber Inc."), "isp");
    assert.equal(networkTypeOf(14061, "Some Broadband Ltd"), "hosting");
    assert.equal(networkTypeOf(64500, "Acme Ltd"), "unknown");
  });
});
