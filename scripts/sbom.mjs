// A software bill of materials of what is shipped, as CycloneDX JSON: `npm run -s sbom > maxiaoke.cdx.json`.
// npm writes it from the lock file; its name, time and serial number are made the package's own, so that one
// commit always gives the same bytes (SOURCE_DATE_EPOCH sets the time, as reproducible builds have it).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { name, version, description } = JSON.parse(readFileSync('package.json', 'utf8'));
const args = [
  '--sbom-format=cyclonedx',
  '--sbom-type=application',
  '--omit=dev',
  '--package-lock-only',
];
const made = execFileSync('npm', ['sbom', ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
const sbom = JSON.parse(made);

const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
const uuid = [
  lock.slice(0, 8),
  lock.slice(8, 12),
  `5${lock.slice(13, 16)}`,
  `8${lock.slice(17, 20)}`,
  lock.slice(20, 32),
];
sbom.serialNumber = `urn:uuid:${uuid.join('-')}`;
sbom.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000).toISOString();
Object.assign(sbom.metadata.component, {
  name,
  version,
  description,
  purl: `pkg:npm/${name}@${version}`,
});
process.stdout.write(`${JSON.stringify(sbom, null, 2)}\n`);
