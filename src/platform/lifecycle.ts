import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';

/** The way out: readiness turns false, balancers get notice, drainers hand over, then the application closes. */
@Injectable()
export class Lifecycle {
  draining = false;
  private readonly drainers: ((seconds: number) => Promise<void>)[] = [];

  /** `drainer` is given the seconds it may take, and resolves when it has handed over. */
  onDrain(drainer: (seconds: number) => Promise<void>): void {
    this.drainers.push(drainer);
  }

  /** `noticeSeconds` of `seconds` pass between saying so and doing it: what is served meanwhile is served as ever. */
  async drain(seconds: number, noticeSeconds: number): Promise<void> {
    this.draining = true;
    await pause(noticeSeconds * 1000);
    await Promise.all(this.drainers.map((drainer) => drainer(seconds - noticeSeconds)));
  }
}
