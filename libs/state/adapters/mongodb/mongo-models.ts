import { randomUUID } from 'node:crypto';
import { Binary } from 'mongodb';
import {
  BlobParts,
  CorruptRecord,
  hashOfBlob,
  type ModelInfo,
  Models,
  NoSuchRecord,
} from '#libs/state';
import { isDuplicateKey } from './errors.js';
import type { Handle } from './handle.js';

interface ModelDocument extends Omit<ModelInfo, 'sha256'> {
  _id: string;
  /** The name of its chunks. Of each upload its own, so that no removal takes another's. */
  blob: string;
  chunks: number;
  /** Set by who is about to remove it, and taken back by who makes it active. */
  removing?: string;
}

interface ChunkDocument {
  _id: string;
  blob: string;
  at: number;
  data: Binary;
}

interface PointerDocument {
  _id: string;
  sha256: string | null;
  fencing: number;
}

const pointerId = 'active model';

/** A document holds 16 MB; smaller ones leave others their turn in between. */
const chunkBytes = 2 * 1024 * 1024;

/** Chunks that no model names after so long are of an upload that was cut off; ms. */
const abandonedAfter = 60 * 60_000;

const infoOf = ({ _id, size, createdAt, meta }: ModelDocument): ModelInfo => ({
  sha256: _id,
  size,
  createdAt,
  meta,
});

export class MongoModels extends Models {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get models() {
    return this.handle.collection<ModelDocument>('models');
  }

  private get chunks() {
    return this.handle.collection<ChunkDocument>('model_chunks');
  }

  private get pointers() {
    return this.handle.collection<PointerDocument>('singletons');
  }

  /**
   * The chunks first: a model is there when its document is, and whole then. Each chunk has a deadline
   * of its own: all of them may take longer than a call to a server should.
   */
  async put(blob: Uint8Array, meta: string, at: number): Promise<ModelInfo> {
    const sha256 = await hashOfBlob(blob);
    const before = await this.handle.write(() => this.kept(sha256));
    if (before) return infoOf(before);
    const name = randomUUID();
    const chunks = Math.ceil(blob.length / chunkBytes);
    for (let n = 0; n < chunks; n += 1)
      await this.handle.write(() =>
        this.chunks.insertOne({
          _id: chunkId(name, n),
          blob: name,
          at: this.handle.now,
          data: new Binary(blob.subarray(n * chunkBytes, (n + 1) * chunkBytes)),
        }),
      );
    const document = { _id: sha256, size: blob.length, createdAt: at, meta, blob: name, chunks };
    return this.handle.write(async () => {
      try {
        await this.models.insertOne(document);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        await this.chunks.deleteMany({ blob: name });
        return infoOf((await this.kept(sha256)) ?? document);
      }
      await this.sweep();
      return infoOf(document);
    });
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    const model = await this.handle.read(() => this.models.findOne({ _id: sha256 }));
    if (!model) return null;
    const parts = new BlobParts(model.size);
    for (let n = 0; n < model.chunks; n += 1) {
      const chunk = await this.handle.read(() =>
        this.chunks.findOne({ _id: chunkId(model.blob, n) }),
      );
      if (!chunk || !(await parts.add(chunk.data.value()))) break;
    }
    const blob = parts.finished(sha256);
    if (blob) return blob;
    const there = { _id: sha256, blob: model.blob };
    if (!(await this.handle.read(() => this.models.findOne(there)))) return null; // removed meanwhile
    throw new CorruptRecord(`model ${sha256} does not have its hash any more`);
  }

  async active(): Promise<ModelInfo | null> {
    return this.handle.read(async () => {
      const { sha256 } = await this.pointer();
      const model = sha256 === null ? null : await this.models.findOne({ _id: sha256 });
      return model && infoOf(model);
    });
  }

  async fence(fencing: number): Promise<number> {
    return this.handle.write(async () => {
      const after = await this.pointers.findOneAndUpdate(
        { _id: pointerId },
        { $max: { fencing } },
        { returnDocument: 'after' },
      );
      return after?.fencing ?? fencing;
    });
  }

  /**
   * The pointer first, then a look at the model; remove() does it the other way round: one of two
   * that race sees the other. Where both do, the pointer wins.
   */
  async activate(expected: string | null, next: string, fencing: number): Promise<boolean> {
    return this.handle.write(async () => {
      if (!(await this.models.findOne({ _id: next }))) throw new NoSuchRecord(`model ${next}`);
      const before = await this.pointers.findOneAndUpdate(
        { _id: pointerId, sha256: expected, fencing: { $lte: fencing } },
        { $set: { sha256: next, fencing } },
        { returnDocument: 'before' },
      );
      if (!before) return false;
      if (await this.kept(next)) return true;
      await this.pointers.updateOne(
        { _id: pointerId, sha256: next, fencing },
        { $set: { sha256: expected } },
      );
      throw new NoSuchRecord(`model ${next}`);
    });
  }

  async list(): Promise<ModelInfo[]> {
    return this.handle.read(async () => {
      const found = await this.models.find().sort({ createdAt: -1, _id: 1 }).toArray();
      return found.map(infoOf);
    });
  }

  async remove(sha256: string): Promise<void> {
    await this.handle.write(async () => {
      const removing = randomUUID();
      const model = await this.models.findOneAndUpdate({ _id: sha256 }, { $set: { removing } });
      if (!model) return;
      if ((await this.pointer()).sha256 === sha256) {
        await this.kept(sha256);
        return;
      }
      const { deletedCount } = await this.models.deleteOne({ _id: sha256, removing });
      if (deletedCount > 0) await this.chunks.deleteMany({ blob: model.blob });
    });
  }

  /** The model, which nobody removes any more who began before; null where there is none. */
  private kept(sha256: string): Promise<ModelDocument | null> {
    return this.models.findOneAndUpdate(
      { _id: sha256 },
      { $unset: { removing: '' } },
      { returnDocument: 'after' },
    );
  }

  private async pointer(): Promise<PointerDocument> {
    const found = await this.pointers.findOne({ _id: pointerId });
    return found ?? { _id: pointerId, sha256: null, fencing: 0 };
  }

  private async sweep(): Promise<void> {
    const old = await this.chunks
      .find({ at: { $lt: this.handle.now - abandonedAfter } }, { projection: { blob: 1 } })
      .limit(1000)
      .toArray();
    const names = [...new Set(old.map(({ blob }) => blob))];
    const used = await this.models.find({ blob: { $in: names } }).toArray();
    const abandoned = names.filter((name) => !used.some(({ blob }) => blob === name));
    if (abandoned.length > 0) await this.chunks.deleteMany({ blob: { $in: abandoned } });
  }
}

const chunkId = (blob: string, n: number): string => `${blob}/${n}`;
