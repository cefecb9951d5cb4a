/** How many rooms' epochs are remembered. */
const most = 10_000;

/** Epochs of the rooms appended to of late. One that is wrong costs a round trip, nothing else. */
export class Epochs {
  private readonly known = new Map<string, string>();

  get(room: string): string | undefined {
    return this.known.get(room);
  }

  set(room: string, epoch: string): void {
    if (this.known.size >= most && !this.known.has(room)) this.known.clear();
    this.known.set(room, epoch);
  }

  forget(room: string): void {
    this.known.delete(room);
  }
}
