// What this depends on: `npm run check:packages` checks the licence and the integrity hash of every package of
// the lock files, the list of what is shipped in config/packages.json, and known vulnerabilities where the
// registry answers. `-- --write` renews the list.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const listFile = 'config/packages.json';
const lockFiles = ['package-lock.json', 'bench/package-lock.json'];
const severe = ['high', 'critical'];

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Packages of a lock file, as {name, version, license, integrity, dev}. */
const packagesOf = (file) =>
  Object.entries(readJson(file).packages)
    .filter(([path, { link }]) => path !== '' && !link)
    .map(([path, entry]) => ({ name: nameOf(path), ...entry }));

/** An SPDX expression of OR or of AND; one that mixes both has to be allowed as it stands. */
function isAllowed(expression, allowed) {
  if (allowed.includes(expression)) return true;
  const plain = String(expression).replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ') === plain.includes(' AND ')) return allowed.includes(plain);
  return plain.includes(' OR ')
    ? plain.split(' OR ').some((one) => allowed.includes(one))
    : plain.split(' AND ').every((one) => allowed.includes(one));
}

/** Names of what is shipped, by licence; versions are in the lock file. */
function shippedByLicence(packages) {
  const byLicence = {};
  for (const { name, license, dev } of packages)
    if (!dev) (byLicence[license] ??= new Set()).add(name);
  const sorted = Object.entries(byLicence).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(sorted.map(([licence, names]) => [licence, [...names].sort()]));
}

/** Known vulnerabilities, or why they are not known. */
async function audit() {
  const args = ['audit', '--json', '--package-lock-only'];
  const { stdout } = await execute('npm', args, { maxBuffer: 1 << 26 }).catch((failed) => failed);
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    return { unknown: 'npm audit printed no report' };
  }
  if (!report.vulnerabilities)
    return { unknown: report.message ?? report.error?.summary ?? 'npm audit gave no report' };
  const advisories = Object.entries(report.vulnerabilities).flatMap(([name, { via }]) =>
    via.filter((one) => typeof one === 'object').map((one) => ({ name, ...one })),
  );
  return { advisories: advisories.filter(({ severity }) => severe.includes(severity)) };
}

const problems = [];
const list = readJson(listFile);
for (const file of lockFiles)
  for (const { name, version, license, integrity } of packagesOf(file)) {
    if (!integrity) problems.push(`${file}: ${name}@${version} has no integrity hash`);
    const licence = license ?? list.licencesByHand[name];
    if (!isAllowed(licence, list.allowedLicences))
      problems.push(
        `${file}: ${name}@${version} is under ${licence ?? 'no licence'}, which allowedLicences in ${listFile} does not have`,
      );
  }

const shipped = shippedByLicence(packagesOf('package-lock.json'));
if (process.argv.includes('--write')) {
  const { format } = await import('prettier');
  const text = await format(JSON.stringify({ ...list, shipped }), {
    parser: 'json',
    printWidth: 100,
  });
  writeFileSync(listFile, text);
} else if (JSON.stringify(shipped) !== JSON.stringify(list.shipped)) {
  const names = (of) =>
    Object.entries(of ?? {}).flatMap(([licence, all]) => all.map((one) => `${one} (${licence})`));
  const [is, was] = [names(shipped), names(list.shipped)];
  const changes = [
    ...is.filter((one) => !was.includes(one)).map((one) => `+${one}`),
    ...was.filter((one) => !is.includes(one)).map((one) => `-${one}`),
  ];
  problems.push(
    `${listFile} does not list what is shipped (${changes.join(', ')}); npm run check:packages -- --write renews it`,
  );
}

const { unknown, advisories = [] } = await audit();
const today = new Date().toISOString().slice(0, 10);
for (const { name, severity, title, url } of advisories) {
  const excused = list.auditExceptions.find((one) => one.url === url && one.until >= today);
  if (!excused) problems.push(`${name}: ${severity}: ${title} (${url})`);
}

const count = Object.values(shipped).flat().length;
console.log(`${count} packages are shipped, under ${Object.keys(shipped).join(', ')}`);
console.log(
  unknown === undefined
    ? `known vulnerabilities of high or critical severity: ${advisories.length}`
    : `NOT checked: known vulnerabilities; the registry's audit does not answer (${unknown})`,
);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
