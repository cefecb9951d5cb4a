import { createHash } from 'node:crypto';
import { CorruptRecord, type ModelInfo, Models, NoSuchRecord } from '#libs/state';
import type { Handle } from './handle.js';

const columns = 'sha256, size, created_at AS createdAt, meta';
const pointer = "name = 'active model'";

export class SqliteModels extends Models {
  constructor(private readonly handle: Handle) {
    super();
  }

  private get file() {
    return this.handle.file;
  }

  async put(blob: Uint8Array, meta: string, at: number): Promise<ModelInfo> {
    const sha256 = hashOf(blob);
    this.file.run(
      'INSERT OR IGNORE INTO models (sha256, size, created_at, meta, blob) VALUES (?, ?, ?, ?, ?)',
      [sha256, blob.length, at, meta, Buffer.from(blob)],
    );
    const info = this.info(sha256);
    if (!info) throw new NoSuchRecord(`model ${sha256}`);
    return info;
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    const row = this.file.get<{ blob: Buffer }>('SELECT blob FROM models WHERE sha256 = ?', [
      sha256,
    ]);
    if (row && hashOf(row.blob) !== sha256)
      throw new CorruptRecord(`model ${sha256} does not have its hash any more`);
    return row ? new Uint8Array(row.blob) : null;
  }

  async active(): Promise<ModelInfo | null> {
    const sha256 = this.pointer().text;
    return sha256 === null ? null : (this.info(sha256) ?? null);
  }

  async activate(expected: string | null, next: string, fencing: number): Promise<boolean> {
    return this.file.write(() => {
      if (!this.info(next)) throw new NoSuchRecord(`model ${next}`);
      const { text, number } = this.pointer();
      if (text !== expected || fencing < number) return false;
      this.file.run(`UPDATE singletons SET text = ?, number = ? WHERE ${pointer}`, [next, fencing]);
      return true;
    });
  }

  async list(): Promise<ModelInfo[]> {
    return this.file.all<ModelInfo>(
      `SELECT ${columns} FROM models ORDER BY created_at DESC, sha256`,
    );
  }

  async remove(sha256: string): Promise<void> {
    this.file.run(
      `DELETE FROM models WHERE sha256 = ? AND sha256 IS NOT (SELECT text FROM singletons WHERE ${pointer})`,
      [sha256],
    );
  }

  private info(sha256: string): ModelInfo | undefined {
    return this.file.get<ModelInfo>(`SELECT ${columns} FROM models WHERE sha256 = ?`, [sha256]);
  }

  private pointer(): { text: string | null; number: number } {
    return (
      this.file.get(`SELECT text, number FROM singletons WHERE ${pointer}`) ?? {
        text: null,
        number: 0,
      }
    );
  }
}

const hashOf = (blob: Uint8Array): string => createHash('sha256').update(blob).digest('hex');
