import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from '#libs/kernel';
import { DemoModule } from './demo/demo.module.js';
import type { Env } from './env.js';
import { IdentityCore } from './identity/index.js';
import { modules } from './modules.js';
import { PlatformModule } from './platform/platform.module.js';
import { StateModule } from './platform/state/state.module.js';
import type { Tracing } from './platform/tracing/tracing.js';

/** The modules this process serves, over its stores. */
@Module({})
export class AppModule {
  static for(env: Env, logger: Logger, tracing: Tracing): DynamicModule {
    const served = env.MODULES.flatMap((name) => modules[name] ?? []);
    const demo = env.DEMO === 'on' ? [DemoModule] : [];
    return {
      module: AppModule,
      imports: [
        StateModule.for(env, logger, tracing),
        PlatformModule,
        IdentityCore,
        ...served,
        ...demo,
      ],
    };
  }
}
