import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** The way out: readiness turns false, balancers get notice, drainers hand over, then the application closes. */
@Injectable()
export class Lifecycle {
  private drainingSince: number | undefined;
  private readonly drainers: ((seconds: number) => Promise<void>)[] = [];

  get draining(): boolean {
    return this.drainingSince !== undefined;
  }

  /** Since the drain began; 0 before. */
  get drainingSeconds(): number {
    return this.drainingSince === undefined ? 0 : (performance.now() - this.drainingSince) / 1000;
  }

  /** `drainer` is given the seconds it may take, and resolves when it has handed over. */
  onDrain(drainer: (seconds: number) => Promise<void>): void {
    this.drainers.push(drainer);
  }

  /** `noticeSeconds` of `seconds` pass between saying so and doing it: what is served meanwhile is served as ever. */
  async drain(seconds: number, noticeSeconds: number): Promise<void> {
    this.drainingSince = performance.now();
    await pause(noticeSeconds * 1000);
    await Promise.all(this.drainers.map((drainer) => drainer(seconds - noticeSeconds)));
  }
}
