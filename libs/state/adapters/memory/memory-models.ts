import { CorruptRecord, hashOfBlob, type ModelInfo, Models, NoSuchRecord } from '#libs/state';
import type { Gate } from './base.js';

export class MemoryModels extends Models {
  private readonly models = new Map<string, { info: ModelInfo; blob: Uint8Array }>();
  private pointer: string | null = null;
  private fencing = 0;

  constructor(private readonly gate: Gate) {
    super();
  }

  async put(blob: Uint8Array, meta: string, at: number): Promise<ModelInfo> {
    this.gate.check();
    const sha256 = await hashOfBlob(blob);
    const before = this.models.get(sha256);
    if (before) return { ...before.info };
    const info = { sha256, size: blob.length, createdAt: at, meta };
    this.models.set(sha256, { info, blob });
    return { ...info };
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    this.gate.check();
    const blob = this.models.get(sha256)?.blob;
    if (blob && (await hashOfBlob(blob)) !== sha256) throw new CorruptRecord(`model ${sha256}`);
    return blob ?? null;
  }

  async active(): Promise<ModelInfo | null> {
    this.gate.check();
    const model = this.pointer === null ? undefined : this.models.get(this.pointer);
    return model ? { ...model.info } : null;
  }

  async fence(fencing: number): Promise<number> {
    this.gate.check();
    this.fencing = Math.max(this.fencing, fencing);
    return this.fencing;
  }

  async activate(expected: string | null, next: string, fencing: number): Promise<boolean> {
    this.gate.check();
    if (!this.models.has(next)) throw new NoSuchRecord(`model ${next}`);
    if (this.pointer !== expected || fencing < this.fencing) return false;
    this.pointer = next;
    this.fencing = fencing;
    return true;
  }

  async list(): Promise<ModelInfo[]> {
    this.gate.check();
    const infos = [...this.models.values()].map(({ info }) => ({ ...info }));
    return infos.sort(
      (one, other) => other.createdAt - one.createdAt || (one.sha256 < other.sha256 ? -1 : 1),
    );
  }

  async remove(sha256: string): Promise<void> {
    this.gate.check();
    if (sha256 !== this.pointer) this.models.delete(sha256);
  }
}
