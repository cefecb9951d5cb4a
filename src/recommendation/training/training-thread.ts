import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../platform/package-root.js';
import type { RowSink, TrainingRows } from './interaction-feed.js';
import { Busyness } from './room-for-others.js';
import type { Trained, TrainingOrder } from './training-work.js';
import type { FromWorker, ToWorker } from './training-worker.js';

const built = join(packageRoot, 'dist/src/recommendation/training/training-worker.js');

/** A worker thread that holds the rows and trains. Started when it is first needed. */
export class TrainingThread implements RowSink {
  private worker: Worker | undefined;
  private readonly busyness = new Busyness();

  /** @param onLost the rows are gone with the thread */
  constructor(private readonly onLost: () => void) {}

  add(rows: TrainingRows): void {
    const { weights, times } = rows;
    this.post({ kind: 'rows', rows }, [weights.buffer as ArrayBuffer, times.buffer as ArrayBuffer]);
  }

  clear(): void {
    if (this.worker) this.post({ kind: 'clear' });
  }

  /** Ends the thread where `signal` says so: nothing of it is worth keeping then. @throws its reason */
  train(
    order: TrainingOrder,
    signal: AbortSignal,
    onProgress: (step: string, done: number) => void,
  ): Promise<Trained> {
    return new Promise((resolve, reject) => {
      const worker = this.start();
      this.busyness.tell();
      const settle = (): void => {
        this.busyness.stop();
        worker.off('message', heard);
        worker.off('exit', exited);
        worker.off('error', failed);
        signal.removeEventListener('abort', aborted);
      };
      const heard = (message: FromWorker): void => {
        if (message.kind === 'progress') return onProgress(message.step, message.done);
        settle();
        if (message.kind === 'trained') resolve({ blob: message.blob, report: message.report });
        else reject(new Error(`training failed: ${message.message}`));
      };
      const failed = (error: Error): void => {
        settle();
        reject(error);
      };
      const exited = (): void => failed(new Error('the training thread ended'));
      const aborted = (): void => {
        failed(signal.reason as Error);
        void this.end();
      };
      worker.on('message', heard);
      worker.once('exit', exited);
      worker.once('error', failed);
      if (signal.aborted) aborted();
      else {
        signal.addEventListener('abort', aborted, { once: true });
        this.post({ kind: 'train', order });
      }
    });
  }

  async end(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    if (!worker) return;
    this.onLost();
    await worker.terminate();
  }

  private post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.start().postMessage(message, transfer);
  }

  private start(): Worker {
    if (this.worker) return this.worker;
    if (!existsSync(built)) throw new Error('there is no build to train with: npm run build');
    const worker = new Worker(built, {
      name: 'training',
      execArgv: [],
      workerData: this.busyness.cell,
    });
    worker.unref();
    const lost = (): void => {
      if (this.worker !== worker) return;
      this.worker = undefined;
      this.onLost();
    };
    worker.on('exit', lost);
    worker.on('error', lost);
    this.worker = worker;
    return worker;
  }
}
