import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { TrainingRows } from './interaction-feed.js';
import { restBeside } from './room-for-others.js';
import { type TrainingOrder, type TrainingReport, TrainingWork } from './training-work.js';

export type ToWorker =
  | { kind: 'clear' }
  | { kind: 'rows'; rows: TrainingRows }
  | { kind: 'train'; order: TrainingOrder };

export type FromWorker =
  | { kind: 'progress'; step: string; done: number }
  | { kind: 'trained'; blob: Uint8Array; report: TrainingReport }
  | { kind: 'failed'; message: string };

if (!parentPort) throw new Error('this runs as a worker thread');
const port = parentPort;

// On Linux this is the priority of the thread that asks; elsewhere it would be the whole process’s. Low, and not so
// low that it starves on a machine that is busy with something else.
if (process.platform === 'linux') setPriority(0, 10);

/** The main thread hears of each step, and of its blocks this often: it has other things to do, ms. */
const tellEveryMs = 100;

const work = new TrainingWork();
const busyness = workerData as Int32Array;
const tell = (message: FromWorker, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

port.on('message', (message: ToWorker) => {
  if (message.kind === 'clear') work.clear();
  else if (message.kind === 'rows') work.add(message.rows);
  else void train(message.order);
});

async function train(order: TrainingOrder): Promise<void> {
  try {
    let last = { step: '', at: 0 };
    const onProgress = (step: string, done: number): void => {
      const at = performance.now();
      if (step === last.step && at - last.at < tellEveryMs) return;
      last = { step, at };
      tell({ kind: 'progress', step, done });
    };
    const { blob, report } = await work.train(order, onProgress, restBeside(busyness));
    tell({ kind: 'trained', blob, report }, [blob.buffer as ArrayBuffer]);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ kind: 'failed', message });
  }
}
