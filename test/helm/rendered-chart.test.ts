import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { Job } from "kubernetes-models/batch/v1/Job";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Service } from "kubernetes-models/v1/Service";
import { parseAllDocuments } from "yaml";
import { environmentNames } from "../../src/config.js";
import { CHART } from "../helpers/helm-chart.js";

// Needs `helm` on the PATH, which no package of npm brings: not part of `npm test`.

const KINDS = { Deployment, HorizontalPodAutoscaler, Job, NetworkPolicy, PodDisruptionBudget, Service, ServiceMonitor };
/** Where each kind's type is, for the compiler, which finds fields that there are not: the schemas let those pass. */
const TYPES: Readonly<Record<keyof typeof KINDS, string>> = {
  Deployment: "kubernetes-models/apps/v1/Deployment",
  HorizontalPodAutoscaler: "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler",
  Job: "kubernetes-models/batch/v1/Job",
  NetworkPolicy: "kubernetes-models/networking.k8s.io/v1/NetworkPolicy",
  PodDisruptionBudget: "kubernetes-models/policy/v1/PodDisruptionBudget",
  Service: "kubernetes-models/v1/Service",
  ServiceMonitor: "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor",
};

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: object;
}
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: object;
  readonly containers: readonly Container[];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: { readonly items: readonly { readonly key: string }[] };
  }[];
}
interface Manifest {
  readonly kind: keyof typeof KINDS;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template?: { readonly spec: PodSpec }; readonly replicas?: number };
}

/** In the project's folder, so that the compiler finds its packages. */
const scratch = mkdtempSync("helm-");
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

function render(values: object): readonly Manifest[] {
  const file = join(scratch, "values.yaml");
  writeFileSync(file, JSON.stringify(values));
  const text = execFileSync("helm", ["template", "plimsoll", CHART, "--namespace", "plimsoll", "-f", file], {
    encoding: "utf8",
  });
  return parseAllDocuments(text).flatMap((one) => (one.toJSON() === null ? [] : [one.toJSON() as Manifest]));
}

const least = { secret: { name: "plimsoll" } };
const most = {
  secret: {
    name: "plimsoll",
    settings: environmentNames.filter((name) => /^CLICK|^REDIS|TOKEN|SECRET|_KEY$|PEPPER|GUARDS|DESTIN/.test(name)),
  },
  settings: {
    PLIMSOLL_BASE_URL: "https://plimsoll.example.com",
    PLIMSOLL_OIDC_ISSUER: "https://id.example.com",
    PLIMSOLL_RAW_DAYS: "30",
  },
  files: { configMap: "plimsoll-files", certificateAuthority: "ca.pem" },
  image: { repository: "registry.example.com/plimsoll", tag: "0.1.0", pullSecrets: [{ name: "registry" }] },
  serve: { autoscaling: { enabled: false } },
  work: { autoscaling: { enabled: true } },
  networkPolicy: { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }] },
  serviceMonitor: { enabled: true, labels: { release: "prometheus" } },
  podAnnotations: { "example.com/team": "security" },
  nodeSelector: { "kubernetes.io/arch": "amd64" },
  tolerations: [{ key: "dedicated", operator: "Exists" }],
};
const podsOf = (manifests: readonly Manifest[]) =>
  manifests.flatMap(({ spec: { template } }) => (template === undefined ? [] : [template.spec]));

describe("the rendered chart", () => {
  it("holds to the schemas and types of Kubernetes, with as little and with as much as can be set", () => {
    const all = [...render(least), ...render(most)];
    for (const manifest of all) new KINDS[manifest.kind](manifest as never).validate();
    assert.deepEqual([...new Set(all.map(({ kind }) => kind))].toSorted(), Object.keys(KINDS).toSorted());
    const lines = Object.entries(TYPES).map(([kind, from]) => `import type { I${kind} } from "${from}";`);
    lines.push(...all.map((one, index) => `export const m${index}: I${one.kind} = ${JSON.stringify(one)};`));
    const file = join(scratch, "manifests.ts");
    writeFileSync(file, lines.join("\n"));
    execFileSync(
      "npx",
      [
        "tsc",
        "--ignoreConfig",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--module",
        "nodenext",
        "--target",
        "es2023",
        "--types",
        "",
        file,
      ],
      { stdio: "inherit" },
    );
  });

  it("runs everything without root, rights, a disk to write on or a token of the cluster", () => {
    for (const values of [least, most]) {
      const pods = podsOf(render(values));
      assert.equal(pods.length, 3);
      for (const pod of pods) {
        assert.deepEqual([pod.automountServiceAccountToken, pod.enableServiceLinks], [false, false]);
        assert.deepEqual(pod.securityContext, {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          fsGroup: 1000,
          seccompProfile: { type: "RuntimeDefault" },
        });
        for (const { securityContext } of pod.containers)
          assert.deepEqual(securityContext, {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          });
      }
    }
  });

  it("names each secret by a file that the same pod has, and gives no part one that it does not need", () => {
    const given = new Map(
      podsOf(render(most)).map(({ containers, volumes }) => {
        const files = containers.flatMap(({ env }) =>
          env.filter(({ value }) => value.startsWith("/etc/plimsoll/secrets/")),
        );
        const keys = volumes.flatMap(({ secret }) => secret?.items.map(({ key }) => key) ?? []);
        assert.deepEqual(
          files.map(({ name }) => name),
          keys.map((key) => `${key}_FILE`),
        );
        assert.deepEqual(
          files.map(({ value }) => value),
          keys.map((key) => `/etc/plimsoll/secrets/${key}`),
        );
        return [containers[0]?.args[0], keys] as const;
      }),
    );
    assert.deepEqual(given.get("migrate"), ["CLICKHOUSE_URL"]);
    const only = (part: string, other: string) =>
      given.get(part)?.filter((key) => given.get(other)?.includes(key) !== true);
    assert.deepEqual(only("serve", "work"), [
      "PLIMSOLL_READ_TOKENS",
      "PLIMSOLL_ADMIN_TOKENS",
      "PLIMSOLL_OIDC_CLIENT_SECRET",
    ]);
    assert.deepEqual(
      only("work", "serve")?.map((key) => key.split("_")[1]),
      ["OPENAI", "ANTHROPIC", "OPENROUTER", "AWS", "GITHUB"],
    );
  });

  it("says how many there are only where nothing else does", () => {
    const counts = (values: object) =>
      render(values).flatMap(({ kind, metadata, spec }) =>
        kind === "Deployment" ? [[metadata.name, spec.replicas]] : [],
      );
    assert.deepEqual(counts(least), [
      ["plimsoll-serve", undefined],
      ["plimsoll-work", 2],
    ]);
    assert.deepEqual(counts(most), [
      ["plimsoll-serve", 2],
      ["plimsoll-work", undefined],
    ]);
  });

  it("is refused without the name of a Secret", () => {
    assert.throws(() => render({}), /secret/);
  });
});
