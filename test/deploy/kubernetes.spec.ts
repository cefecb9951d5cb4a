import { configTable, moduleNames, parseConfig } from '../../src/env.js';
import { schemaErrors, unknownFields } from './kubernetes-schemas.js';
import {
  containerOf,
  environmentOf,
  type Manifest,
  ofKind,
  overlays,
  rendered,
  workloads,
} from './manifests.js';

const secrets = {
  AUTH_SECRET: 'a secret of more than thirty-two bytes',
  DATA_STORE: 'postgres://maxiaoke:secret@postgres:5432/maxiaoke',
  HISTORY_STORE: 'redis://:secret@redis:6379/0',
  SESSION_STORE: 'redis://:secret@redis:6379/1',
};

describe.each(overlays)('the overlay %s', (overlay) => {
  const manifests = rendered(overlay);
  const processes = workloads(manifests);
  const pods = processes.map(({ spec }) => spec.template);
  const configs = processes.map((workload) =>
    parseConfig(environmentOf(workload, manifests, secrets)),
  );

  it('is what Kubernetes takes, with no field that it would drop', async () => {
    expect((await Promise.all(manifests.map(schemaErrors))).flat()).toEqual([]);
    expect(unknownFields(manifests)).toEqual([]);
  });

  it('configures variables that exist, with values that are accepted', () => {
    const named = processes.flatMap((workload) =>
      Object.keys(environmentOf(workload, manifests, secrets)),
    );
    const known = new Set(configTable.map(({ variable }) => variable));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(configs.map(({ NODE_ENV }) => NODE_ENV)).toEqual(configs.map(() => 'production'));
  });

  it('serves every module, and counts its replicas as REPLICAS does', () => {
    expect(new Set(configs.flatMap(({ MODULES }) => MODULES))).toEqual(new Set(moduleNames));
    const least = processes.map(
      ({ metadata, spec }) =>
        spec.replicas ??
        ofKind(manifests, 'HorizontalPodAutoscaler').find(
          (scaler) => scaler.spec.scaleTargetRef.name === metadata.name,
        )?.spec.minReplicas,
    );
    const together = least.reduce<number>((sum, count) => sum + (count ?? Number.NaN), 0);
    expect(configs.map(({ REPLICAS }) => REPLICAS)).toEqual(configs.map(() => together));
  });

  it('holds no secret, and asks for each by reference', () => {
    expect(ofKind(manifests, 'Secret')).toEqual([]);
    expect(JSON.stringify(manifests)).not.toMatch(/:\/\/[^/@"]*:[^/@"]+@/);
    const references = processes.flatMap((workload) =>
      (containerOf(workload).env ?? []).filter(({ name }) => name in secrets),
    );
    expect(references.length).toBeGreaterThan(0);
    for (const { valueFrom } of references) expect(valueFrom?.secretKeyRef?.name).toBe('maxiaoke');
  });

  it('runs as nobody in particular, and may change nothing but its volumes', () => {
    for (const { spec } of pods) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        serviceAccountName: 'maxiaoke',
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      expect(JSON.stringify(spec)).not.toMatch(/hostPath|hostNetwork|hostPID|privileged"/);
    }
    for (const workload of processes)
      expect(containerOf(workload).securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('names a version, asks for resources, bounds memory and does not throttle', () => {
    for (const workload of processes) {
      const { image, resources } = containerOf(workload);
      expect(image).toMatch(/^[^:]+:\d+\.\d+\.\d+$/);
      expect(resources.requests).toMatchObject({
        cpu: expect.any(String) as string,
        memory: expect.any(String) as string,
      });
      expect(resources.limits).toEqual({ memory: expect.any(String) as string });
    }
  });

  it('is restarted for not answering, and gets traffic while its stores answer', () => {
    for (const workload of processes) {
      const { startupProbe, readinessProbe, livenessProbe } = containerOf(workload);
      expect(startupProbe.httpGet.path).toBe('/health/live');
      expect(livenessProbe.httpGet.path).toBe('/health/live');
      expect(readinessProbe.httpGet.path).toBe('/health/ready');
      // A store is given two seconds to answer.
      expect(readinessProbe.timeoutSeconds).toBeGreaterThan(2);
    }
  });

  it('is given the time to hand its connections over before it is killed', () => {
    for (const [at, workload] of processes.entries()) {
      const { seconds } = containerOf(workload).lifecycle.preStop.sleep;
      const drain = configs[at]?.DRAIN_SECONDS ?? Number.NaN;
      const given = workload.spec.template.spec.terminationGracePeriodSeconds;
      expect(given).toBeGreaterThanOrEqual(seconds + drain + 10);
    }
  });

  it('spreads, scales and survives maintenance wherever there can be several', () => {
    for (const { metadata, spec } of ofKind(manifests, 'Deployment')) {
      const { labels } = spec.template.metadata;
      expect(spec.replicas).toBeUndefined();
      expect(spec.template.spec.topologySpreadConstraints).toHaveLength(2);
      const scalers = ofKind(manifests, 'HorizontalPodAutoscaler').filter(
        (scaler) => scaler.spec.scaleTargetRef.name === metadata.name,
      );
      expect(scalers).toHaveLength(1);
      expect(scalers[0]?.spec.minReplicas).toBeGreaterThan(1);
      const budgets = ofKind(manifests, 'PodDisruptionBudget').filter((budget) =>
        selects(budget.spec.selector.matchLabels, labels),
      );
      expect(budgets).toHaveLength(1);
    }
  });

  it('lets nothing in or out that no policy names', () => {
    const denial = ofKind(manifests, 'NetworkPolicy').find(
      ({ metadata }) => metadata.name === 'deny-all',
    );
    expect(denial?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });

  it('routes every path to a service whose pods serve it', () => {
    const { paths = [] } = ofKind(manifests, 'Ingress')[0]?.spec.rules[0]?.http ?? {};
    const modulesAt = (path: string): string[] => {
      const route = paths.find((candidate) => path.startsWith(candidate.path));
      const service = manifests.find(
        ({ kind, metadata }) => kind === 'Service' && metadata.name === route?.backend.service.name,
      );
      const at = pods.findIndex(({ metadata }) =>
        selects(service?.spec.selector ?? { nothing: '' }, metadata.labels),
      );
      return configs[at]?.MODULES ?? [];
    };
    expect(modulesAt('/connection/websocket')).toContain('chat');
    expect(modulesAt('/api/v1/rooms/lobby')).toContain('chat');
    expect(modulesAt('/api/v1/messages/search')).toContain('chat');
    expect(modulesAt('/api/v1/courses')).toContain('course');
    expect(modulesAt('/api/v1/recommendations')).toContain('recommendation');
    expect(modulesAt('/api/v1/auth/login')).toContain('identity');
    expect(modulesAt('/')).toContain('web');
  });

  it('is found by Prometheus as maxiaoke, every pod of it', () => {
    const service = ofKind(manifests, 'Service').find(
      ({ metadata }) => metadata.name === 'maxiaoke',
    );
    expect(service?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    for (const { metadata } of pods)
      expect(selects(service?.spec.selector ?? { nothing: '' }, metadata.labels)).toBe(true);
  });
});

describe('a manifest', () => {
  const [first] = rendered('embedded').filter(({ kind }) => kind === 'StatefulSet');

  it('with a wrong type or a field that does not exist is found out', async () => {
    if (!first) throw new Error('the embedded overlay has no StatefulSet');
    const wrong = { ...first, spec: { ...first.spec, replicas: 'one' } } as unknown as Manifest;
    expect(await schemaErrors(wrong)).toEqual([expect.stringContaining('/spec/replicas')]);
    const unknown = { ...first, spec: { ...first.spec, replica: 1 } } as Manifest;
    expect(unknownFields([unknown])).toEqual([expect.stringContaining('replica')]);
  });
});

function selects(selector: Record<string, string>, labels: Record<string, string>): boolean {
  return Object.entries(selector).every(([name, value]) => labels[name] === value);
}
