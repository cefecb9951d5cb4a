import * as fc from 'fast-check';
import { contiguous, TestClient, type TestRoom } from '../support/client.js';
import { register } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { badStart, brokenFrame, closer, command } from './frames.js';
import { hostileRequest, rawRequest } from './requests.js';
import { agent, judge, sendRaw } from './send.js';
import { closeCodes, Session } from './session.js';

jest.setTimeout(300_000);

/** Sent so far, each with its answer or documented close. */
let sent = 0;
const required = 20_000;
/** What is found is shown as it was found: shrinking would repeat thousands of exchanges. */
const runs = (numRuns: number) => ({ numRuns, endOnFailure: true });

describe('hostile input', () => {
  let server: TestServer;
  let token: string;
  let witness: TestClient;
  let room: TestRoom;
  let pid: number;
  const said: string[] = [];

  /** One run: everything at once, and a well-behaved client says something beside it. */
  const together = async (attacks: readonly Promise<number>[]): Promise<void> => {
    const text = `beside it ${said.length}`;
    said.push(text);
    const results = await Promise.allSettled([
      ...attacks,
      witness.send('lobby', `witness-${said.length}`, text).then(() => 0),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      sent += result.value;
    }
  };

  const session = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const opened = await Session.open(server.socket);
    try {
      return await work(opened);
    } finally {
      opened.leave();
    }
  };

  beforeAll(async () => {
    server = await TestServer.start();
    ({ pid } = server);
    token = (await register(server, 'hostile')).token;
    witness = await new TestClient(server, (await register(server, 'witness')).token).connect();
    room = await witness.join('lobby');
  });
  afterAll(async () => {
    witness.close();
    agent.destroy();
    await server.dispose();
  });

  it('is answered, command by command, and ends with the close code that is documented', async () => {
    const attack = fc.tuple(
      fc.array(command, { minLength: 10, maxLength: 24 }),
      fc.boolean(),
      closer,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(attack, { minLength: 8, maxLength: 8 }), async (attacks) =>
        together(
          attacks.map(([commands, inOneFrame, last]) =>
            session(async (hostile) => {
              await hostile.connect(token);
              await hostile.answers(commands, inOneFrame);
              const code = await hostile.ending(last);
              if (!last.codes.includes(code)) {
                throw new Error(
                  `${code} where ${last.codes.join()} is due to ${String(last.data).slice(0, 500)}`,
                );
              }
              return commands.length + 1;
            }),
          ),
        ),
      ),
      runs(150),
    );
  });

  it('does not get in', async () => {
    const attacks = fc.array(fc.tuple(badStart, command), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(attacks, async (starts) =>
        together(
          starts.map(async ([start, early]) => {
            const code = await session((hostile) => hostile.ending(start));
            if (!start.codes.includes(code)) {
              throw new Error(
                `${code} where ${start.codes.join()} is due to ${String(start.data).slice(0, 500)}`,
              );
            }
            const reaction = await session((hostile) => hostile.reaction(early));
            expect(['answered', ...closeCodes]).toContain(reaction);
            return 2;
          }),
        ),
      ),
      runs(60),
    );
  });

  it('that is no WebSocket frame ends with 1002', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(brokenFrame, { minLength: 10, maxLength: 10 }), async (frames) =>
        together(
          frames.map(async (bytes) => {
            const code = await session((hostile) => hostile.endingRaw(bytes));
            expect([1002, 1006]).toContain(code);
            return 1;
          }),
        ),
      ),
      runs(10),
    );
  });

  it('over HTTP gets a documented status, and a problem where it is an error', async () => {
    const requests = fc.array(hostileRequest(token), { minLength: 16, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(requests, async (attacks) =>
        together(attacks.map((hostile) => judge(server, hostile).then(() => 1))),
      ),
      runs(1000),
    );
  });

  it('that is not HTTP is answered with a client error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rawRequest, { minLength: 10, maxLength: 10 }), async (attacks) =>
        together(
          attacks.map(async (bytes) => {
            const line = await sendRaw(server, bytes);
            if (!/^HTTP\/1\.1 (4\d\d|505) /.test(line)) {
              throw new Error(`${JSON.stringify(line)} to ${JSON.stringify(bytes).slice(0, 500)}`);
            }
            return 1;
          }),
        ),
      ),
      runs(30),
    );
  });

  it(`was more than ${required} frames and requests, and nobody else noticed`, async () => {
    expect(sent).toBeGreaterThanOrEqual(required);
    expect(server.running).toBe(true);
    expect(server.pid).toBe(pid);
    const { seq } = await witness.send('lobby', 'witness-last', 'the end');
    said.push('the end');
    const start = room.offsets[0] ?? 0;
    await room.heard(seq - start + 1);
    expect(room.offsets).toEqual(contiguous(start, seq - start + 1));
    expect(room.subscribed).toHaveLength(1);
    const own = room.log.filter(({ data }) => data.cid?.startsWith('witness-'));
    expect(own.map(({ data }) => data.text)).toEqual(said);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });
});
