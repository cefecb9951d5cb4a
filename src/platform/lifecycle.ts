import { Injectable } from '@nestjs/common';

/** The way out: readiness turns false, drainers hand over, then the application closes. */
@Injectable()
export class Lifecycle {
  draining = false;
  private readonly drainers: (() => Promise<void>)[] = [];

  onDrain(drainer: () => Promise<void>): void {
    this.drainers.push(drainer);
  }

  async drain(): Promise<void> {
    this.draining = true;
    await Promise.all(this.drainers.map((drainer) => drainer()));
  }
}
