import { setTimeout as pause } from 'node:timers/promises';
import { type ChangeStream, type Document, MongoServerError, ObjectId } from 'mongodb';
import { StoreUnavailable } from '#libs/state';
import type { Handle } from './handle.js';

/** The hints of one insert, in the order they were published. */
export interface HintDocument extends Document {
  hints: { topic: string; payload: string }[];
  at: Date;
}

/** How long the server holds back an answer without hints, ms. */
const awaitMs = 500;

/** Between two polls, where there is no change stream, ms. */
const pollEvery = 100;

/**
 * Ids rise within one publisher only, and clocks of publishers differ: a poll looks back this far
 * and leaves out what it has shown, ms.
 */
const lookBack = 5000;

/** Between two attempts to open the stream anew, ms. */
const retryEvery = 250;

/** Codes by which servers say that they have no change streams: not a replica set, no such stage. */
const refusals = new Set([40573, 40324, 9, 59, 115, 303]);

/** All hints as they come, for as long as somebody listens; opens itself anew after errors. */
export class HintFeed {
  private running: Promise<void> | undefined;
  private stream: ChangeStream<HintDocument> | undefined;
  private readonly stop = new AbortController();
  /** Whether what is published now is heard. */
  private ready = false;
  private heardBefore = false;
  private waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(
    private readonly handle: Handle,
    private readonly deliver: (topic: string, payload: string) => void,
    /** It hears again after it did not; what was published meanwhile may be missing. */
    private readonly gapEnded: () => void,
    private polling = false,
  ) {}

  /** Resolves once what is published from now on is heard. */
  inForce(): Promise<void> {
    this.running ??= this.run();
    if (this.ready) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Whether the server has no change streams. */
  async polls(): Promise<boolean> {
    if (this.ready || this.polling) return this.polling;
    const stream = this.watch();
    try {
      await stream.tryNext();
      return false;
    } catch (error) {
      if (isRefusal(error)) return true;
      throw error;
    } finally {
      await stream.close();
    }
  }

  async end(): Promise<void> {
    this.stop.abort();
    for (const { reject } of this.waiting.splice(0))
      reject(new StoreUnavailable(`${this.handle.options.variable} (mongodb) is closed`));
    await this.stream?.close();
    await this.running;
  }

  private async run(): Promise<void> {
    let resumeAfter: unknown;
    while (!this.stop.signal.aborted) {
      try {
        if (this.polling) await this.poll();
        else await this.listen(resumeAfter, (token) => (resumeAfter = token));
      } catch (error) {
        if (this.stop.signal.aborted) return;
        if (isRefusal(error) && resumeAfter === undefined) {
          this.options.logger.warn(
            { err: error },
            `${this.options.variable}: the server refuses change streams; hints are polled for every ${pollEvery} ms`,
          );
          this.polling = true;
          continue;
        }
        // What was published meanwhile may be lost: heads are looked at regardless. A token that the
        // server does not know any more would be refused forever.
        this.options.logger.warn(
          { err: error },
          `${this.options.variable}: the stream of hints ended; it is opened anew`,
        );
        if (!this.ready) resumeAfter = undefined;
        this.ready = false;
        await pause(retryEvery, undefined, { signal: this.stop.signal }).catch(() => undefined);
      }
    }
  }

  private async listen(resumeAfter: unknown, keep: (token: unknown) => void): Promise<void> {
    const stream = this.watch(resumeAfter);
    this.stream = stream;
    try {
      // The first answer, hint or none, comes from a cursor that is established at the server.
      let change = await stream.tryNext();
      this.nowReady();
      while (!this.stop.signal.aborted) {
        if (change?.operationType === 'insert' && change.fullDocument) {
          this.pass(change.fullDocument);
        }
        keep(stream.resumeToken);
        change = await stream.next();
      }
    } finally {
      await stream.close().catch(() => undefined);
    }
  }

  private watch(resumeAfter?: unknown): ChangeStream<HintDocument> {
    return this.hints.watch<HintDocument>([{ $match: { operationType: 'insert' } }], {
      maxAwaitTimeMS: awaitMs,
      ...(resumeAfter !== undefined && { resumeAfter }),
    });
  }

  private async poll(): Promise<void> {
    const shown = new Map<string, number>();
    let newest = Date.now();
    const ask = (from: number) =>
      this.hints
        .find({ _id: { $gte: ObjectId.createFromTime(Math.max(0, Math.floor(from / 1000))) } })
        .sort({ _id: 1 })
        .toArray();
    for (const { _id } of await ask(newest - lookBack))
      shown.set(_id.toHexString(), _id.getTimestamp().getTime());
    this.nowReady();
    while (!this.stop.signal.aborted) {
      await pause(pollEvery, undefined, { signal: this.stop.signal }).catch(() => undefined);
      for (const document of await ask(newest - lookBack)) {
        const id = document._id.toHexString();
        if (shown.has(id)) continue;
        const at = document._id.getTimestamp().getTime();
        shown.set(id, at);
        newest = Math.max(newest, at);
        this.pass(document);
      }
      for (const [id, at] of shown) if (at < newest - 2 * lookBack) shown.delete(id);
    }
  }

  private pass({ hints }: HintDocument): void {
    for (const { topic, payload } of hints) this.deliver(topic, payload);
  }

  private nowReady(): void {
    this.ready = true;
    for (const { resolve } of this.waiting.splice(0)) resolve();
    if (this.heardBefore) this.gapEnded();
    this.heardBefore = true;
  }

  private get hints() {
    return this.handle.collection<HintDocument>('hints');
  }

  private get options() {
    return this.handle.options;
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof MongoServerError &&
  (refusals.has(Number(error.code)) || /change ?streams?/i.test(error.message));
