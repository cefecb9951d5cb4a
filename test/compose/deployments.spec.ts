import { call } from '../support/http.js';
import { external, publishCourse } from '../support/people.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { Deployment } from './support/deployment.js';
import { docker, say, stateOf } from './support/docker.js';
import { endToEnd } from './support/end-to-end.js';
import { nextImage } from './support/image.js';
import { killing, underLoad } from './support/load.js';
import { roll } from './support/roll.js';

/** How long replicas are killed; more by hand. */
const seconds = Number(process.env.CHAOS_SECONDS ?? 10);

/** For what Prometheus has to see several times, ms. */
const patienceMs = 240_000;

interface Profile {
  profile: string;
  /** Its replicas, by service. */
  replicas: Readonly<Record<string, number>>;
  /** What it is scaled to. */
  scaled: Readonly<Record<string, number>>;
  /** Spec files about what it has not. */
  lacking?: readonly string[];
}

const profiles: Profile[] = [
  { profile: 'embedded', replicas: { embedded: 1 }, scaled: {} },
  { profile: 'redis-postgres', replicas: { app: 2 }, scaled: { app: 4 } },
  // One document of the API for each kind of process; nothing joins them.
  {
    profile: 'split',
    replicas: { stateless: 3, chat: 2 },
    scaled: { chat: 3 },
    lacking: ['http'],
  },
  { profile: 'mysql-redis', replicas: { 'app-mysql': 2 }, scaled: { 'app-mysql': 3 } },
  { profile: 'mongodb', replicas: { 'app-mongodb': 2 }, scaled: { 'app-mongodb': 3 } },
];

describe.each(profiles)('the profile $profile', ({ profile, replicas, scaled, lacking = [] }) => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await Deployment.up(profile);
  });
  afterAll(() => deployment.dispose());
  /** For requests: whatever stands in front of the replicas. */
  const entrance = () => ({ api: `${deployment.url}/api/v1` }) as TestServer;

  it('comes up healthy, every replica of it, with nothing in its root file system to write to', async () => {
    for (const [service, count] of Object.entries(replicas)) {
      const containers = await deployment.replicas(service);
      expect([service, containers.length]).toEqual([service, count]);
      for (const container of containers) {
        const format = '{{.HostConfig.ReadonlyRootfs}} {{.Config.User}}';
        expect(await docker(['inspect', '-f', format, container])).toBe('true 1000:1000');
      }
    }
  });

  it('passes the end-to-end suite by way of its published port', async () => {
    expect(await endToEnd(deployment, ...lacking)).toBeGreaterThan(50);
  });

  it('has no gap while it is scaled', async () => {
    const { violations, acknowledged } = await underLoad(deployment, {
      everyRequestAnswered: true,
      work: async ({ note }) => {
        const scale = Object.entries(scaled).map(([service, count]) => `${service}=${count}`);
        const flags = scale.flatMap((one) => ['--scale', one]);
        await note(`scale ${scale.join(', ')}`, () => deployment.up('--no-recreate', ...flags));
      },
    });
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
    for (const [service, count] of Object.entries(scaled))
      expect(await deployment.replicas(service)).toHaveLength(count);
  });

  it('loses nothing that it acknowledged when replicas are killed under load', async () => {
    const { violations, acknowledged } = await underLoad(deployment, {
      everyRequestAnswered: false,
      work: killing(deployment, seconds),
    });
    expect(violations).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
  });

  it('keeps its state in volumes alone', async () => {
    const teacher = await external('teacher-of-volumes', 'instructor');
    const course = await publishCourse(entrance(), teacher);
    const path = '/rooms/lobby/messages';
    const body = { cid: 'before', text: 'said before it went down' };
    const { seq, epoch } = (await call(entrance(), 'POST', path, { ...teacher, body })).body;
    await deployment.down();
    await deployment.up();
    const found = await call(entrance(), 'GET', `/courses/${course.id}`);
    expect(found).toMatchObject({ status: 200, body: { title: course.title } });
    const again = await call(entrance(), 'POST', path, { ...teacher, body });
    expect(again.body).toMatchObject({ seq, epoch, duplicate: true });
  });
});

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
