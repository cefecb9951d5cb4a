import { AppError } from '#libs/kernel';
import type { Accounts, CourseContent, CourseRecord } from '#libs/state';
import { usernameKey } from '../../../identity/index.js';

export type Instructor = Pick<CourseContent, 'instructorId' | 'instructorName'>;

/** More names than this are asked for again: memory does not grow with the rows. */
const maxKept = 10_000;

/** Whose course a row of an import is. */
export class Instructors {
  private readonly found = new Map<string, Instructor | null>();

  /** @param importer whose courses those are that name nobody */
  constructor(
    private readonly accounts: Accounts,
    private readonly importer: string | undefined,
  ) {}

  /**
   * A row that names nobody leaves a course to whom it belongs.
   * @param given a username, or the id of an account
   * @throws AppError invalid where there is no such account
   */
  async of(given: string | undefined, before: CourseRecord | undefined): Promise<Instructor> {
    const stays = before && {
      instructorId: before.instructorId,
      instructorName: before.instructorName,
    };
    if (stays && (given === undefined || given === stays.instructorId)) return stays;
    const found = given === undefined ? await this.byId(this.importer) : await this.named(given);
    if (stays && found?.instructorId === stays.instructorId) return stays;
    if (found) return found;
    const message = given === undefined ? 'name one' : `there is no user ${given}`;
    throw new AppError('invalid', `/instructor: ${message}`);
  }

  private async named(given: string): Promise<Instructor | null> {
    const known = this.found.get(given);
    if (known !== undefined) return known;
    const account = await this.accounts.byUsernameKey(usernameKey(given));
    const found = account
      ? { instructorId: account.id, instructorName: account.name }
      : await this.byId(given);
    if (this.found.size >= maxKept) this.found.clear();
    this.found.set(given, found);
    return found;
  }

  private async byId(id: string | undefined): Promise<Instructor | null> {
    if (id === undefined) return null;
    const account = await this.accounts.byId(id);
    return account && { instructorId: account.id, instructorName: account.name };
  }
}
