import { isAscii } from 'node:buffer';
import {
  encodingBySample,
  encodingByStart,
  refuseArchive,
  type TextEncoding,
} from './text-encoding.js';

const startBytes = 4;
/** What is looked at, from the first bytes on that are not ASCII, before the encoding is decided. */
const sampleBytes = 64 * 1024;

/**
 * Text of any encoding as UTF-8, without a byte order mark. Bytes that are no text in their encoding are
 * for the rows they are in to refuse: of UTF-8 they stay as they are, of others they become U+FFFD.
 */
export class TextSource {
  /** Undefined as long as everything that passed was ASCII. */
  encoding: TextEncoding | undefined;
  private started = false;
  private decoder: InstanceType<typeof TextDecoder> | undefined;

  /** @param declared what the sender says it is; only a byte order mark knows better */
  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly declared?: TextEncoding,
  ) {}

  /** @throws Unreadable where it is an archive */
  async *utf8(): AsyncGenerator<Uint8Array> {
    let held: Uint8Array = new Uint8Array(0);
    for await (const chunk of this.source) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      if (!this.decide(held, false)) continue;
      yield this.decoded(held, false);
      held = new Uint8Array(0);
    }
    this.decide(held, true);
    yield this.decoded(held, true);
  }

  /** False where more must be seen before `held` can pass. */
  private decide(held: Uint8Array, last: boolean): boolean {
    if (!this.started) {
      if (held.length < startBytes && !last) return false;
      refuseArchive(held);
      this.encoding = encodingByStart(held) ?? this.declared;
    }
    if (this.encoding === undefined && !isAscii(held)) {
      if (held.length < sampleBytes && !last) return false;
      this.encoding = encodingBySample(held);
    }
    return true;
  }

  private decoded(held: Uint8Array, last: boolean): Uint8Array {
    const first = !this.started;
    this.started = true;
    if (this.encoding === undefined || this.encoding === 'utf-8')
      return first && encodingByStart(held) === 'utf-8' ? held.subarray(3) : held;
    this.decoder ??= new TextDecoder(this.encoding);
    return Buffer.from(this.decoder.decode(held, { stream: !last }));
  }
}
