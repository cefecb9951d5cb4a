import { Injectable } from '@nestjs/common';
import { AppError, Clock } from '#libs/kernel';
import { HistoryStore, type RoomRecord } from '#libs/state';
import { CourseReader } from '../../course/index.js';
import { type Caller, hasRole } from '../../platform/http/caller.js';
import { type Access, courseOfRoom, courseRoomId, LOBBY } from '../domain/rooms.js';

const lobbyAccess: Access = { kind: 'open', role: null, moderates: false };

/** Who can enter which room. Asked every time, of live data: leaving a course or a group takes effect at once. */
@Injectable()
export class AccessService {
  constructor(
    private readonly history: HistoryStore,
    private readonly courses: CourseReader,
    private readonly clock: Clock,
  ) {}

  /** The answer at once where no store has to be asked. */
  known(caller: Caller, room: string): Access | undefined {
    return room === LOBBY
      ? { ...lobbyAccess, moderates: hasRole(caller, 'moderator', 'admin') }
      : undefined;
  }

  /** @throws AppError not_found where there is no such room, or it is hidden from the caller. */
  async of(caller: Caller, room: string): Promise<Access> {
    const known = this.known(caller, room);
    if (known) return known;
    const courseId = courseOfRoom(room);
    const access =
      courseId === undefined
        ? await this.ofRoom(caller, room)
        : await this.ofCourse(caller, courseId);
    if (!access) throw new AppError('not_found', `there is no room ${room} that you can enter`);
    return access;
  }

  /**
   * Whether the caller may listen to the room, at no more cost than its own membership: a room that
   * somebody listens to need not be asked for.
   * @throws AppError not_found where it is hidden from the caller, or no course and no room
   */
  async admit(caller: Caller, id: string): Promise<void> {
    if (this.known(caller, id)) return;
    const mayBeGroup = courseOfRoom(id) === undefined;
    if (mayBeGroup && (await this.history.member(id, caller.id).catch(absent))) return;
    await this.of(caller, id);
  }

  /** The stored record; a course's room and the lobby are made when first needed. */
  async enter(caller: Caller, id: string): Promise<{ room: RoomRecord; access: Access }> {
    const access = await this.of(caller, id);
    const room = (await this.history.room(id)) ?? (await this.make(id));
    return { room, access };
  }

  /** Makes a room that exists by definition. Idempotent. */
  async make(id: string): Promise<RoomRecord> {
    const courseId = courseOfRoom(id);
    const course = courseId === undefined ? null : await this.courses.find(courseId);
    if (!course && id !== LOBBY) throw new AppError('not_found', `there is no room ${id}`);
    const { room } = await this.history.createRoom(
      {
        id,
        kind: course ? 'course' : 'open',
        name: course?.title ?? 'Lobby · 大厅',
        ...(course && { courseId: course.id }),
        createdAt: this.clock.now(),
        createdBy: 'system',
      },
      [],
    );
    return room;
  }

  private async ofRoom(caller: Caller, id: string): Promise<Access | undefined> {
    const [room, member] = await Promise.all([
      this.history.room(id),
      this.history.member(id, caller.id).catch(absent),
    ]);
    if (!room) return undefined;
    const moderates = room.kind === 'open' && hasRole(caller, 'moderator', 'admin');
    if (room.kind !== 'open' && !member) return undefined;
    return { kind: room.kind, role: member?.role ?? null, moderates };
  }

  private async ofCourse(caller: Caller, courseId: string): Promise<Access | undefined> {
    const course = await this.courses.find(courseId);
    // Only the id names the room: a slug would make a second room of one course.
    if (!course || courseRoomId(course.id) !== courseRoomId(courseId)) return undefined;
    const moderates = this.courses.mayModerate(caller, course) || hasRole(caller, 'moderator');
    if (!moderates && !(await this.courses.isEnrolled(caller.id, course.id))) return undefined;
    return { kind: 'course', role: moderates ? 'moderator' : 'member', moderates };
  }
}

/** A room that does not exist has no members. */
function absent(error: unknown): null {
  if (error instanceof Error && error.name === 'NoSuchRecord') return null;
  throw error;
}
