import type { Type } from '@nestjs/common';
import { ChatModule } from './chat/index.js';
import { CourseModule } from './course/index.js';
import type { ModuleName } from './env.js';
import { IdentityModule } from './identity/index.js';
import { RecommendationModule } from './recommendation/index.js';

/** What MODULES can name; a new module is one line. */
export const modules: Record<ModuleName, Type | null> = {
  course: CourseModule,
  recommendation: RecommendationModule,
  identity: IdentityModule,
  chat: ChatModule,
  web: null, // served as a redirect to /api/docs until there is a client
};
