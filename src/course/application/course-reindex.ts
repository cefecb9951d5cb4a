import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock, newId } from '#libs/kernel';
import { documentVersion, searchVersion } from '#libs/search';
import { DataStore } from '#libs/state';
import { documentOf } from '../domain/search-document.js';

const lease = 'course-reindex';
/** Renewed with each page; whoever takes over goes on where documents are still of another version. */
const leaseMs = 60_000;
const pageSize = 200;

export interface ReindexProgress {
  /** Courses looked at. */
  examined: number;
  /** Of those, given a document of this version. */
  encoded: number;
}

export interface ReindexOptions {
  onProgress?: (progress: ReindexProgress) => void;
  /** Ends after the page under way. */
  signal?: AbortSignal;
  /** ms between pages */
  rest?: number;
}

/**
 * Makes the search documents anew that are missing, or of an earlier version than this program's.
 * Nothing waits for it: courses are found meanwhile. Of several who try one does it; what was written
 * since is left alone, and a run that was cut off is gone on with by the next.
 */
@Injectable()
export class CourseReindex {
  private readonly owner = newId();

  constructor(
    private readonly data: DataStore,
    private readonly clock: Clock,
  ) {}

  /** Null where another process is at it. @throws StoreUnavailable */
  async run({
    onProgress,
    signal,
    rest = 0,
  }: ReindexOptions = {}): Promise<ReindexProgress | null> {
    const progress: ReindexProgress = { examined: 0, encoded: 0 };
    try {
      for (let after: string | undefined; ;) {
        if (!(await this.hold())) return null;
        const page = await this.data.courses.documents({
          limit: pageSize,
          ...(after !== undefined && { after }),
        });
        const outdated = page.filter(({ document }) => isOutdated(document));
        progress.encoded += await this.encode(outdated.map(({ id }) => id));
        progress.examined += page.length;
        onProgress?.({ ...progress });
        after = page.at(-1)?.id;
        if (page.length < pageSize || signal?.aborted) return progress;
        await pause(rest);
      }
    } finally {
      await this.data.leases.release(lease, this.owner);
    }
  }

  private async hold(): Promise<boolean> {
    const until = this.clock.now() + leaseMs;
    return (await this.data.leases.acquire(lease, this.owner, until)) !== null;
  }

  private async encode(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const { courses } = this.data;
    const records = await courses.byIds(ids);
    return courses.putDocuments(
      records.map((course) => ({
        id: course.id,
        version: course.version,
        document: documentOf(course),
      })),
    );
  }
}

/** One of a later version is somebody's who was upgraded before. */
const isOutdated = (document: Uint8Array | null): boolean =>
  document === null || documentVersion(document) < searchVersion;
