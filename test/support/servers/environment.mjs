import { ChildProcess } from 'node:child_process';
import { Server, Socket } from 'node:net';
import { TestEnvironment } from 'jest-environment-node';
import { announcementVariable, kinds } from './load.mjs';

const patienceMs = 5000;

/** What the process of a test holds open: connections, listeners and processes it started. */
function held() {
  return process._getActiveHandles().flatMap((handle) => {
    if (handle instanceof ChildProcess) return [`process ${handle.spawnfile} ${handle.pid}`];
    if (handle instanceof Server && handle.listening)
      return [`listener on ${handle.address()?.port}`];
    if (handle instanceof Socket && handle.remotePort !== undefined && !handle.destroyed)
      return [`connection to port ${handle.remotePort}`];
    return [];
  });
}

/** After each test file: nothing that it opened is open, nothing that it made is left. */
export default class StoresEnvironment extends TestEnvironment {
  async handleTestEvent(event, state) {
    if (event.name === 'setup') this.before = held();
    if (event.name !== 'run_finish') return;
    for (const check of [() => this.nothingOpen(), () => this.clear()])
      await check().catch((error) => state.unhandledErrors.push(error));
  }

  async nothingOpen() {
    const leaked = () => held().filter((what) => !this.before.includes(what));
    const deadline = Date.now() + patienceMs;
    while (leaked().length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (leaked().length > 0)
      throw new Error(`left open by this test file: ${[...new Set(leaked())].join(', ')}`);
  }

  async clear() {
    const { urls = {} } = JSON.parse(process.env[announcementVariable] ?? '{}');
    const taken = this.global.takenStores ?? [];
    for (const kind of new Set(taken.map((one) => one.kind))) {
      const names = taken.filter((one) => one.kind === kind).map(({ name }) => name);
      await kinds[kind].drop(urls[kind], names);
    }
  }
}
