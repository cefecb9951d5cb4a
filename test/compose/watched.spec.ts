import { until } from '../support/until.js';
import { Deployment } from './support/deployment.js';
import { docker, say, stateOf } from './support/docker.js';
import { nextImage } from './support/image.js';
import { underLoad } from './support/load.js';
import { roll } from './support/roll.js';

/** For what Prometheus has to see several times, ms. */
const patienceMs = 240_000;

describe('redis-postgres, watched', () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await Deployment.up('redis-postgres+monitoring');
  });
  afterAll(() => deployment.dispose());
  const ask = async <T>(path: string): Promise<T> =>
    ((await (await fetch(`${deployment.prometheus}/api/v1/${path}`)).json()) as { data: T }).data;
  const up = async (): Promise<number> => {
    const { activeTargets } = await ask<{ activeTargets: { health: string }[] }>('targets');
    return activeTargets.filter(({ health }) => health === 'up').length;
  };

  it('is scraped by Prometheus, every replica of it, with rules that it understands', async () => {
    const check = ['check', 'config', '/etc/prometheus/prometheus.yml'];
    expect(await deployment.compose('exec', '-T', 'prometheus', 'promtool', ...check)).toMatch(
      /SUCCESS/,
    );
    await until('both replicas are scraped', async () => (await up()) === 2, patienceMs);
    const { groups } = await ask<{ groups: { rules: { health: string }[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    const query = 'query?query=maxiaoke_connections';
    expect((await ask<{ result: unknown[] }>(query)).result).toHaveLength(2);
  });

  it('is updated replica by replica, and nobody notices', async () => {
    const before = await deployment.replicas('app');
    deployment.use({ MAXIAOKE_IMAGE: nextImage });
    const { violations } = await underLoad(deployment, {
      everyRequestAnswered: true,
      work: ({ note }) => note('roll app', () => roll(deployment, 'app')),
    });
    expect(violations).toEqual([]);
    const after = await deployment.replicas('app');
    expect(after).toHaveLength(before.length);
    for (const container of after) {
      expect(before).not.toContain(container);
      expect(await docker(['inspect', '-f', '{{.Config.Image}}', container])).toBe(nextImage);
      expect((await stateOf(container)).Health?.Status).toBe('healthy');
    }
  });

  it('raises an alert when a replica is gone', async () => {
    await until('both new replicas are scraped', async () => (await up()) === 2, patienceMs);
    const [victim = ''] = await deployment.replicas('app');
    await docker(['kill', '-s', 'KILL', victim]);
    say('waiting for the alert');
    const firing = async () => {
      const { alerts } = await ask<{
        alerts: { state: string; labels: { alertname: string } }[];
      }>('alerts');
      return alerts.some(
        ({ state, labels }) => state === 'firing' && labels.alertname === 'MaxiaokeReplicasMissing',
      );
    };
    await until('the alert fires', firing, patienceMs);
  });
});
