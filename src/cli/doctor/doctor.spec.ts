import { ManualClock, silentLogger } from '#libs/kernel';
import {
  type Finding,
  type HistoryStore,
  type Inspection,
  StoreMisconfigured,
  StoreUnavailable,
} from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { examineOne, type Diagnosis } from './doctor.js';
import { generalFindings } from './findings.js';
import { exitCodeOf, report } from './report.js';

const fine: Inspection = { version: 'Acme 7.1', pendingMigrations: 0, findings: [] };
const levels = (findings: readonly Finding[]) => findings.map(({ level }) => level);

function store(): HistoryStore {
  const made = adapters
    .find(({ name }) => name === 'memory')
    ?.history?.({
      url: 'memory:',
      variable: 'HISTORY_STORE',
      clock: new ManualClock(),
      logger: silentLogger,
    });
  if (!made) throw new Error('the memory adapter keeps history');
  return made;
}

const diagnosis = (more: Partial<Diagnosis>): Diagnosis => ({
  variable: 'DATA_STORE',
  adapter: 'acme',
  url: 'acme://host',
  reachable: true,
  version: 'Acme 7.1',
  durability: 'fsync',
  latencyMs: 0.4,
  pendingMigrations: 0,
  findings: [],
  ...more,
});
const problem: Finding = { level: 'problem', what: 'fsync is off', advice: 'set it to on' };
const warning: Finding = { level: 'warning', what: 'it is slow', advice: 'make it fast' };

describe('doctor', () => {
  describe('judges of any store', () => {
    it('history or data that are gone with the process as a problem, sessions as a note, hints not at all', () => {
      const of = (variable: Parameters<typeof generalFindings>[0]) =>
        levels(generalFindings(variable, 'none', fine));
      expect(of('HISTORY_STORE')).toEqual(['problem']);
      expect(of('DATA_STORE')).toEqual(['problem']);
      expect(of('SESSION_STORE')).toEqual(['note']);
      expect(of('EVENT_BUS')).toEqual([]);
      expect(generalFindings('HISTORY_STORE', 'os', fine)).toEqual([]);
      const said = { ...fine, findings: [problem] };
      expect(generalFindings('HISTORY_STORE', 'none', said)).toEqual([]);
    });

    it.each([
      [1000, 0],
      [1001, 1],
      [-1001, 1],
    ])('a clock that is %i ms off: %i findings', (clockSkewMs, count) => {
      const findings = generalFindings('DATA_STORE', 'fsync', { ...fine, clockSkewMs });
      expect(findings).toHaveLength(count);
    });

    it('pending migrations', () => {
      const [found] = generalFindings('DATA_STORE', 'fsync', { ...fine, pendingMigrations: 2 });
      expect(found).toMatchObject({ level: 'warning', what: '2 migrations are pending' });
    });
  });

  it('tells version, latency and durability of a store that answers, and closes it', async () => {
    const examined = store();
    expect(await examineOne(examined, 'HISTORY_STORE', 'memory:')).toMatchObject({
      variable: 'HISTORY_STORE',
      adapter: 'memory',
      reachable: true,
      version: expect.stringMatching(/Node/) as unknown,
      durability: 'none',
      latencyMs: expect.any(Number) as unknown,
      pendingMigrations: 0,
      findings: [{ level: 'problem' }],
    });
    await expect(examined.ping()).rejects.toThrow(StoreUnavailable);
  });

  it('passes on what a store says that refuses to open, and tells it from one that does not answer', async () => {
    const refusing = (error: Error) =>
      examineOne(
        Object.assign(store(), { open: () => Promise.reject(error) }),
        'HISTORY_STORE',
        'postgres://me:secret@host/db',
      );
    const wrong = await refusing(new StoreMisconfigured('HISTORY_STORE: too old; upgrade it'));
    expect(wrong).toMatchObject({ reachable: true, findings: [{ level: 'problem' }] });
    const silent = await refusing(new StoreUnavailable('HISTORY_STORE: connection refused'));
    expect(silent).toMatchObject({ reachable: false });
    expect(silent.findings[0]?.what).toContain('connection refused');
    expect(JSON.stringify([wrong, silent])).not.toContain('secret');
    expect([exitCodeOf([wrong]), exitCodeOf([wrong, silent])]).toEqual([78, 69]);
  });

  it('leaves with 0 where all is well, 78 with a problem, 69 where a store does not answer', () => {
    expect(exitCodeOf([diagnosis({}), diagnosis({ findings: [warning] })])).toBe(0);
    expect(exitCodeOf([diagnosis({}), diagnosis({ findings: [warning, problem] })])).toBe(78);
    expect(exitCodeOf([diagnosis({ findings: [problem] }), diagnosis({ reachable: false })])).toBe(
      69,
    );
  });

  it('prints a line a store, what was found below it with what to do, and a summary', () => {
    const text = report([
      diagnosis({ clockSkewMs: -3.4 }),
      diagnosis({ variable: 'EVENT_BUS', findings: [problem, warning] }),
      diagnosis({ variable: 'SESSION_STORE', reachable: false }),
    ]);
    expect(text.split('\n')).toEqual([
      '✓ DATA_STORE     acme      Acme 7.1, durability fsync, 0.4 ms, clock −3 ms',
      '✗ EVENT_BUS      acme      Acme 7.1, durability fsync, 0.4 ms',
      '    ✗ problem: fsync is off',
      '      → set it to on',
      '    ! warning: it is slow',
      '      → make it fast',
      '✗ SESSION_STORE  acme      does not answer',
      '3 stores, 1 problem, 1 warning',
    ]);
  });
});
