import { Controller } from '@nestjs/common';
import { AppError, toRfc3339 } from '#libs/kernel';
import { getMe, getUser, type InputOf, patchMe, type UserView } from '#libs/protocol';
import { type AccountPatch, DataStore, SessionStore } from '#libs/state';
import { type Caller, SignedIn } from '../../platform/http/caller.js';
import { Endpoint } from '../../platform/http/endpoint.js';
import { Input } from '../../platform/http/input.js';
import { profileOf, userView } from '../domain/views.js';

@Controller()
export class UserController {
  constructor(
    private readonly data: DataStore,
    private readonly sessions: SessionStore,
  ) {}

  @Endpoint(getMe)
  async me(@SignedIn() caller: Caller): Promise<UserView> {
    return userView(await this.account(caller.id));
  }

  @Endpoint(patchMe)
  async patch(
    @Input() { body }: InputOf<typeof patchMe>,
    @SignedIn() caller: Caller,
  ): Promise<UserView> {
    const given = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined),
    ) as AccountPatch;
    return userView(await this.data.accounts.update(caller.id, given));
  }

  @Endpoint(getUser)
  async get(@Input() { params }: InputOf<typeof getUser>) {
    const account = await this.account(params.id);
    const presence = (await this.sessions.presenceOf([params.id])).get(params.id);
    const lastSeenAt = presence?.lastSeenAt;
    return {
      ...profileOf(account),
      presence: {
        online: presence?.online ?? false,
        ...(lastSeenAt !== undefined && { lastSeenAt: toRfc3339(lastSeenAt) }),
      },
    };
  }

  private async account(id: string) {
    const account = await this.data.accounts.byId(id);
    if (!account) throw new AppError('not_found', `there is no user ${id}`);
    return account;
  }
}
