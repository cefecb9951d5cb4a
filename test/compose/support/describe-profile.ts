import { call } from '../../support/http.js';
import { external, publishCourse } from '../../support/people.js';
import type { TestServer } from '../../support/server.js';
import { Deployment } from './deployment.js';
import { docker } from './docker.js';
import { endToEnd } from './end-to-end.js';
import { killing, underLoad } from './load.js';

/** How long replicas are killed; more by hand. */
const seconds = Number(process.env.CHAOS_SECONDS ?? 10);

export interface Profile {
  profile: string;
  /** Its replicas, by service. */
  replicas: Readonly<Record<string, number>>;
  /** What it is scaled to. */
  scaled: Readonly<Record<string, number>>;
  /** End-to-end spec files about what it has not. */
  lacking?: readonly string[];
}

/** What holds for every profile of docker-compose.yml. */
export const describeProfile = ({ profile, replicas, scaled, lacking = [] }: Profile): void =>
  describe(`the profile ${profile}`, () => {
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

    it('goes on while it is scaled, and everybody hears everything', async () => {
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
