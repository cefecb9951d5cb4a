// Makes libs/recommender/src/linear/kernels.wasm.ts of kernels.wat.
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const folder = new URL('../libs/recommender/src/linear/', import.meta.url);

const { parseWat } = await wabt();
const text = readFileSync(new URL('kernels.wat', folder), 'utf8');
const { buffer } = parseWat('kernels.wat', text, { simd: true }).toBinary({});
const lines = Buffer.from(buffer)
  .toString('base64')
  .match(/.{1,100}/g)
  .map((line) => `  '${line}',`);
writeFileSync(
  new URL('kernels.wasm.ts', folder),
  `/** kernels.wat, assembled by \`npm run wasm\`; base64. */\nexport const wasm = [\n${lines.join('\n')}\n].join('');\n`,
);
