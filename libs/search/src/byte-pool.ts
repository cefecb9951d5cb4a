const slabBits = 20;
const slabSize = 1 << slabBits;

/** Blocks of bytes in large slabs: no object each, and what is given back is used again. */
export class BytePool {
  private readonly slabs: Uint8Array[] = [];
  private used = slabSize;
  private readonly free = new Map<number, number[]>();

  /** The size a block for so many bytes has; at most one slab. */
  static capacity(bytes: number): number {
    const step = bytes <= 64 ? 8 : bytes <= 512 ? 32 : 128;
    return Math.max(step, Math.ceil(bytes / step) * step);
  }

  /** The address of a block of `capacity` bytes. */
  allocate(capacity: number): number {
    const reused = this.free.get(capacity)?.pop();
    if (reused !== undefined) return reused;
    if (this.used + capacity > slabSize) {
      this.slabs.push(new Uint8Array(slabSize));
      this.used = 0;
    }
    const address = (this.slabs.length - 1) * slabSize + this.used;
    this.used += capacity;
    return address;
  }

  release(address: number, capacity: number): void {
    const list = this.free.get(capacity);
    if (list) list.push(address);
    else this.free.set(capacity, [address]);
  }

  /** The slab an address is in; the address is at `offset(address)` of it. */
  slab(address: number): Uint8Array {
    return this.slabs[address >>> slabBits] ?? empty;
  }

  static offset(address: number): number {
    return address & (slabSize - 1);
  }

  write(address: number, bytes: Uint8Array): void {
    this.slab(address).set(bytes, BytePool.offset(address));
  }
}

const empty = new Uint8Array(0);
