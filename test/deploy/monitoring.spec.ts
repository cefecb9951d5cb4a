import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { removeDir, tempDir } from '../support/run.js';
import { exportedNames, namesIn } from './metric-names.js';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

const read = (path: string) => readFileSync(path, 'utf8');
const rulesOf = (file: string): Rule[] => {
  const { groups } = parse(read(`deploy/prometheus/rules/${file}`)) as {
    groups: { rules: Rule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
};
const alerts = rulesOf('alerts.yml');
const recorded = rulesOf('recording.yml');
const dashboards = readdirSync('deploy/grafana/dashboards').map((file) =>
  join('deploy/grafana/dashboards', file),
);
const operations = read('docs/operations.md');
const ruleTests = 'test/deploy/prometheus/alerts.test.yml';

/** Fails with what promtool says. */
const promtool = (...args: string[]): string =>
  execFileSync('promtool', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('Prometheus', () => {
  it('takes the configuration and every rule file', () => {
    expect(promtool('check', 'config', 'deploy/prometheus/prometheus.yml')).toContain(
      '2 rule files found',
    );
  });

  it('fires in each situation the alerts that are meant for it, and no other', () => {
    expect(promtool('test', 'rules', ruleTests)).toContain('SUCCESS');
  });

  it('has a situation for every alert', () => {
    const tested = read(ruleTests);
    expect(alerts.filter(({ alert }) => !tested.includes(`"${alert}"`))).toEqual([]);
  });

  it('tells of every alert how bad it is, what is the matter and where to read on', () => {
    for (const { alert, labels, annotations } of alerts) {
      expect({ alert, severity: labels?.severity }).toEqual({
        alert,
        severity: expect.stringMatching(/^(warning|critical)$/) as string,
      });
      expect(annotations).toMatchObject({
        summary: expect.any(String) as string,
        description: expect.any(String) as string,
        runbook: `docs/operations.md#${alert?.toLowerCase()}`,
      });
      expect(operations).toContain(`\n### ${alert}\n`);
    }
  });
});

describe('the names of metrics', () => {
  let exported: Set<string>;
  beforeAll(async () => {
    exported = await exportedNames();
  });

  it.each([
    'deploy/prometheus/rules/alerts.yml',
    'deploy/prometheus/rules/recording.yml',
    ...dashboards,
  ])('in %s are exported by a running server, or recorded', (file) => {
    const records = new Set(recorded.map(({ record }) => record));
    const found = namesIn(read(file));
    expect(found.metrics.filter((name) => !exported.has(name))).toEqual([]);
    expect(found.recorded.filter((name) => !records.has(name))).toEqual([]);
    expect(found.metrics.length + found.recorded.length).toBeGreaterThan(0);
  });

  it('in docs/operations.md are exported, and every one of ours is there', () => {
    const documented = namesIn(operations).metrics.filter((name) => !name.endsWith('_'));
    expect(documented.filter((name) => !exported.has(name))).toEqual([]);
    const own = [...exported].filter(
      (name) => !/^maxiaoke_(nodejs|process)_|_(bucket|sum|count)$/.test(name),
    );
    expect(own.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it('that rules record are used', () => {
    const used = [...dashboards, 'deploy/prometheus/rules/alerts.yml'].map(read).join('\n');
    expect(recorded.filter(({ record }) => !used.includes(String(record)))).toEqual([]);
  });
});

describe('Grafana', () => {
  const boards = dashboards.map(
    (file) =>
      JSON.parse(read(file)) as {
        uid: string;
        panels: {
          id: number;
          gridPos: { x: number; y: number; w: number; h: number };
          targets: { expr: string; datasource: { uid: string } }[];
        }[];
      },
  );

  it('gets dashboards that name themselves once and the datasource that is provisioned', () => {
    expect(new Set(boards.map(({ uid }) => uid)).size).toBe(boards.length);
    const { datasources } = parse(
      read('deploy/grafana/provisioning/datasources/prometheus.yml'),
    ) as { datasources: { uid: string }[] };
    const named = boards.flatMap(({ panels }) =>
      panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource.uid)),
    );
    expect([...new Set(named)]).toEqual(datasources.map(({ uid }) => uid));
  });

  it('gets panels that do not lie on each other', () => {
    for (const { panels } of boards) {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    }
  });

  it('gets expressions that Prometheus can read', () => {
    const expressions = boards
      .flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)))
      .map((expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'));
    const rules = expressions.map((expr, at) => ({ record: `expression_${at}`, expr }));
    const folder = tempDir();
    const file = join(folder, 'expressions.yml');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    try {
      expect(promtool('check', 'rules', file)).toContain(`${expressions.length} rules found`);
    } finally {
      removeDir(folder);
    }
  });
});
