import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { removeDir, tempDir } from '../support/run.js';
import type { Manifest } from './manifests.js';

const models = (manifest: Manifest) =>
  join(process.cwd(), 'node_modules/kubernetes-models', manifest.apiVersion, manifest.kind);

/** What is wrong with a manifest by Kubernetes' own schema: types, required fields, formats. */
export async function schemaErrors(manifest: Manifest): Promise<string[]> {
  try {
    const module = (await import(models(manifest))) as Record<
      string,
      new (data: Manifest) => { validate(): void }
    >;
    const Model = module[manifest.kind];
    if (!Model) return [`there is no ${manifest.apiVersion} ${manifest.kind}`];
    new Model(manifest).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/**
 * Fields that Kubernetes does not have, which it would drop without a word. The schemas let them
 * pass; as literals of the generated types they do not.
 */
export function unknownFields(manifests: readonly Manifest[]): string[] {
  const folder = tempDir();
  const file = join(folder, 'manifests.ts');
  const lines = manifests.map(
    (manifest, at) =>
      `import type { I${manifest.kind} as T${at} } from ${JSON.stringify(models(manifest))};\n` +
      `export const manifest${at}: T${at} = ${JSON.stringify(manifest)};`,
  );
  writeFileSync(file, lines.join('\n'));
  try {
    const program = ts.createProgram([file], {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      types: [],
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
    });
    const source = program.getSourceFile(file);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
  } finally {
    removeDir(folder);
  }
}
