import { setImmediate as turn } from 'node:timers/promises';
import {
  BlobParts,
  CorruptRecord,
  hashOfBlob,
  type ModelInfo,
  Models,
  NoSuchRecord,
} from '#libs/state';
import type { Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';

interface Row {
  sha256: string;
  size: number;
  created_at: number;
  meta: string;
}

interface Pointer {
  text: string | null;
  number: number;
}

const selected = 'SELECT sha256, size, created_at, meta FROM models';
const pointer = "name = 'active model'";

/** Bytes of a part: written out in hexadecimal still below what any server takes as one packet. */
const partSize = 1 << 20;

const infoOf = ({ sha256, size, created_at, meta }: Row): ModelInfo => ({
  sha256,
  size,
  createdAt: created_at,
  meta,
});

/** A blob is kept in parts. They are there before the row that tells of it is, and go after it. */
export class SqlModels extends Models {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async put(blob: Uint8Array, meta: string, at: number): Promise<ModelInfo> {
    const { database, dialect } = this.handle;
    const sha256 = await hashOfBlob(blob);
    const parts = Math.ceil(blob.length / partSize);
    for (let part = 0; part < parts; part += 1) {
      await this.putPart(database, sha256, part, blob);
      await turn();
    }
    return database.transaction(async (queries) => {
      await queries.run(
        `INSERT INTO models (sha256, size, created_at, meta) VALUES (?, ?, ?, ?)${dialect.unlessThere('models', 'sha256')}`,
        [sha256, blob.length, at, meta],
      );
      const row = await queries.get<Row>(`${selected} WHERE sha256 = ?${dialect.forUpdate}`, [
        sha256,
      ]);
      // Whoever removed the model since then took the parts along.
      if (!(await this.isWhole(queries, sha256, blob.length)))
        for (let part = 0; part < parts; part += 1) await this.putPart(queries, sha256, part, blob);
      if (!row) throw new NoSuchRecord(`model ${sha256}`);
      return infoOf(row);
    });
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    const { database } = this.handle;
    const row = await database.get<Row>(`${selected} WHERE sha256 = ?`, [sha256]);
    if (!row) return null;
    const parts = new BlobParts(row.size);
    for (let part = 0; parts.length < row.size; part += 1) {
      const found = await database.get<{ content: Buffer }>(
        'SELECT content FROM model_parts WHERE sha256 = ? AND part = ?',
        [sha256, part],
      );
      if (!found?.content.length || !(await parts.add(found.content))) break;
    }
    const blob = parts.finished(sha256);
    if (!blob) throw new CorruptRecord(`model ${sha256} does not have its hash any more`);
    return blob;
  }

  async active(): Promise<ModelInfo | null> {
    const row = await this.handle.database.get<Row>(
      `${selected} WHERE sha256 = (SELECT text FROM singletons WHERE ${pointer})`,
    );
    return row ? infoOf(row) : null;
  }

  async fence(fencing: number): Promise<number> {
    return this.handle.database.transaction(async (queries) => {
      const { number } = await this.pointer(queries);
      if (fencing <= number) return number;
      await queries.run(`UPDATE singletons SET number = ? WHERE ${pointer}`, [fencing]);
      return fencing;
    });
  }

  async activate(expected: string | null, next: string, fencing: number): Promise<boolean> {
    return this.handle.database.transaction(async (queries) => {
      const { text, number } = await this.pointer(queries);
      if (!(await queries.get('SELECT size FROM models WHERE sha256 = ?', [next])))
        throw new NoSuchRecord(`model ${next}`);
      if (text !== expected || fencing < number) return false;
      const sql = `UPDATE singletons SET text = ?, number = ? WHERE ${pointer}`;
      await queries.run(sql, [next, fencing]);
      return true;
    });
  }

  async list(): Promise<ModelInfo[]> {
    const sql = `${selected} ORDER BY created_at DESC, sha256`;
    return (await this.handle.database.all<Row>(sql)).map(infoOf);
  }

  async remove(sha256: string): Promise<void> {
    await this.handle.database.transaction(async (queries) => {
      if ((await this.pointer(queries)).text === sha256) return;
      await queries.run('DELETE FROM models WHERE sha256 = ?', [sha256]);
      await queries.run('DELETE FROM model_parts WHERE sha256 = ?', [sha256]);
    });
  }

  /** Locked: of two who change it one waits for the other. */
  private async pointer(queries: Queries): Promise<Pointer> {
    const { forUpdate } = this.handle.dialect;
    const row = await queries.get<Pointer>(
      `SELECT text, number FROM singletons WHERE ${pointer}${forUpdate}`,
    );
    return row ?? { text: null, number: 0 };
  }

  private async putPart(
    queries: Queries,
    sha256: string,
    part: number,
    blob: Uint8Array,
  ): Promise<void> {
    const start = part * partSize;
    const content = Buffer.from(blob.subarray(start, start + partSize));
    await queries.run(
      `INSERT INTO model_parts (sha256, part, content) VALUES (?, ?, ?)${this.handle.dialect.unlessThere('model_parts', 'part')}`,
      [sha256, part, content],
    );
  }

  private async isWhole(queries: Queries, sha256: string, size: number): Promise<boolean> {
    const row = await queries.get<{ size: number | null }>(
      'SELECT sum(length(content)) AS size FROM model_parts WHERE sha256 = ?',
      [sha256],
    );
    return (row?.size ?? 0) === size;
  }
}
