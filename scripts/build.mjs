import { compile, setUp } from './setup.mjs';

await setUp();
// Set-up alone does not check types.
await compile();
