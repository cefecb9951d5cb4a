import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { schemeOf } from '#libs/state';
import { ENV, type Env } from '../../env.js';
import { Metrics } from '../metrics/metrics.js';

/** Room on the volume of each store that is a file here. A full one ends every write, so it is told in time. */
@Injectable()
export class VolumeMetrics {
  constructor({ registry }: Metrics, @Inject(ENV) env: Env) {
    const folders = { data: folderOf(env.DATA_STORE), history: folderOf(env.HISTORY_STORE) };
    const gauge = (name: string, help: string, bytes: (volume: Volume) => number) =>
      new Gauge({
        name,
        help,
        labelNames: ['store'],
        registers: [registry],
        async collect() {
          for (const [store, folder] of Object.entries(folders))
            if (folder !== undefined) this.set({ store }, bytes(await statfs(folder)));
        },
      });
    gauge(
      'maxiaoke_volume_free_bytes',
      'Bytes this process may still write to the volume of a store that is a file',
      ({ bavail, bsize }) => bavail * bsize,
    );
    gauge(
      'maxiaoke_volume_size_bytes',
      'Size of the volume of a store that is a file',
      ({ blocks, bsize }) => blocks * bsize,
    );
  }
}

type Volume = Pick<StatsFs, 'bavail' | 'blocks' | 'bsize'>;

const folderOf = (url: string): string | undefined =>
  schemeOf(url) === 'sqlite' ? dirname(url.slice('sqlite:'.length)) : undefined;
