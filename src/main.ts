import 'reflect-metadata';
import { env } from './env.js';
import { serve } from './platform/serve.js';
import { run } from './cli/run.js';

await run(() => serve(env()));
