import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';

export interface Container {
  image: string;
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string } } }[];
  envFrom?: { configMapRef: { name: string } }[];
  ports: { name: string; containerPort: number }[];
  resources: { requests: object; limits: { memory: string; cpu?: string } };
  securityContext: object;
  lifecycle: { preStop: { sleep: { seconds: number } } };
  startupProbe: Probe;
  readinessProbe: Probe;
  livenessProbe: Probe;
}

export interface Probe {
  httpGet: { path: string; port: string };
  timeoutSeconds?: number;
}

/** Of a Kubernetes object what the policies below read; whether it is one is what the schemas are for. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data: Record<string, string>;
  spec: {
    replicas?: number;
    minReplicas?: number;
    scaleTargetRef: { name: string };
    podSelector: object;
    policyTypes: string[];
    selector: Record<string, string> & { matchLabels: Record<string, string> };
    rules: { http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        automountServiceAccountToken: boolean;
        serviceAccountName: string;
        terminationGracePeriodSeconds: number;
        securityContext: object;
        topologySpreadConstraints: object[];
        containers: Container[];
      };
    };
  };
}

export const overlays = ['embedded', 'redis-postgres', 'split'];

/** What `kubectl apply -k` would send for an overlay; by kubectl, or by kustomize where that is what there is. */
export function rendered(overlay: string): Manifest[] {
  const folder = `deploy/kubernetes/overlays/${overlay}`;
  return parseAllDocuments(build(folder)).map((document) => document.toJS() as Manifest);
}

function build(folder: string): string {
  try {
    return execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return execFileSync('kustomize', ['build', folder], { encoding: 'utf8' });
  }
}

export const ofKind = (manifests: readonly Manifest[], ...kinds: string[]): Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind));

export const workloads = (manifests: readonly Manifest[]): Manifest[] =>
  ofKind(manifests, 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod');

/** The one container of a workload's pods. */
export function containerOf({ metadata, spec }: Manifest): Container {
  const [container, ...others] = spec.template.spec.containers;
  if (!container || others.length > 0) throw new Error(`${metadata.name} has not one container`);
  return container;
}

/** The environment that a workload's process gets, with an example in place of each secret. */
export function environmentOf(
  workload: Manifest,
  manifests: readonly Manifest[],
  secrets: Record<string, string>,
): Record<string, string | undefined> {
  const { env = [], envFrom = [] } = containerOf(workload);
  const maps = envFrom.map(({ configMapRef }) =>
    manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef.name,
    ),
  );
  return Object.assign(
    {},
    ...maps.map((map) => map?.data),
    ...env.map(({ name, value }) => ({ [name]: value ?? secrets[name] })),
  ) as Record<string, string | undefined>;
}
