import { Injectable } from '@nestjs/common';
import { AppError } from '#libs/kernel';
import { Directory } from '../../identity/index.js';

/** Users by id, as chat shows them. */
@Injectable()
export class People {
  constructor(private readonly directory: Directory) {}

  /** @throws AppError invalid, naming `path` and the ids that are no users. */
  async require(ids: readonly string[], path: string): Promise<void> {
    const known = await this.names(ids);
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length > 0) {
      const message = `no such user: ${missing.slice(0, 5).join(', ')}`;
      throw new AppError('invalid', message, { errors: [{ path, message }] });
    }
  }

  async names(ids: readonly string[]): Promise<Map<string, { id: string; name: string }>> {
    const profiles = await this.directory.profiles([...ids]);
    return new Map([...profiles].map(([id, { name }]) => [id, { id, name }]));
  }
}
