// docs/performance.md and its charts, from what was measured.
import { barChart } from './chart.mjs';
import { figures, inWords, shown } from './figures.mjs';

/** A section each file of `bench/results`, in order. */
const sections = [
  {
    name: 'fan-out',
    title: 'Fan-out',
    about:
      'One process, history in memory: server CPU per million deliveries, against [socket.io](https://socket.io) and against the publish that [Bun](https://bun.sh) has built in, both doing the same job: a token at connect, a validated message, a history that drops repeats, a broadcast, an ack.',
  },
  {
    name: 'open-loop',
    title: 'Latency at a given rate',
    about:
      'An open loop: messages are due at fixed times, whatever the server does. Latency counts from the time a message was due to when a receiver had it, so that whoever falls behind, server or load, has it counted.',
  },
  {
    name: 'persisted',
    title: 'Persist, broadcast, acknowledge',
    about:
      'Deliveries per second with every message stored before it is broadcast and acknowledged, against socket.io with one write a message (`INSERT`, `XADD`, `insertOne`) through a pool of ten connections of the same driver. Servers of stores are durable, the MongoDB-compatible one aside, which keeps its data in memory for both. Load, server and store share the cores of one machine.',
  },
  {
    name: 'replicas',
    title: 'Two replicas',
    about:
      'Half of a room on each of two processes, CPU of both: Maxiaoke with history, sessions and hints in Redis and accounts in PostgreSQL, against socket.io with its Redis adapter and the history in each process’s memory.',
  },
  {
    name: 'idle',
    title: 'Idle connections',
    about:
      'Growth of resident memory per idle connection, garbage collected. Maxiaoke’s has a verified session, presence and a subscribed room; socket.io’s is connected and nothing else.',
  },
  {
    name: 'failover',
    title: 'A replica is lost',
    about:
      'Everybody in one room is on one of two replicas, which is killed (`kill -9`) while others talk. The clients connect to the other with the delays of the official clients, and resume. Each must see every event once and in order. Reads are counted by the stores’ own statistics: those of the many should not be more than those of a tenth of them.',
  },
  {
    name: 'append',
    title: 'Append',
    about:
      'The history store alone, from one process: events per second, against one write a message through ten connections of the same driver. The second figure of ours is with the terms by which a message is found.',
  },
  {
    name: 'http',
    title: 'HTTP',
    about:
      'A list of twenty courses and one course, whole (200) and unchanged (304): requests per second of server CPU, against Nest on Express with an array in memory, and against node:http alone, which sends the same bytes without asking anything. No model is trained meanwhile; Node’s options are those of `npm start`, for the others there are none.',
  },
  {
    name: 'import',
    title: 'Import',
    about:
      '`maxiaoke import courses` of 100,000 courses into SQLite, each with its search document: courses per second and the most memory the process had.',
  },
  {
    name: 'recommend',
    title: 'Recommendations while a model is trained',
    about:
      'An open loop: personal recommendations of many users with their tokens, and as many requests for `/health/live` in between, both due at fixed times. Meanwhile one training follows the other in the same process, and load, server and store share the cores of one machine.',
  },
  {
    name: 'search',
    title: 'Search',
    about:
      'One search after another among generated courses, in one process: the queries of the relevance suite, twenty hits each, against [MiniSearch](https://lucaong.github.io/minisearch/) with the same fields, the same pairs of Chinese characters, prefixes, typing mistakes and filters. MiniSearch has no pinyin, traditional characters, stems, phrases, facets or pages.',
  },
  {
    name: 'ready',
    title: 'Start',
    about: 'From starting the process to `/health/ready`, per profile, on a store that is filled.',
  },
];

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Where our bar would have to end, by the strictest verdict on the figure of the chart. */
function wantedAt({ figure, figures: measured, verdicts }, name) {
  const limits = verdicts
    .filter((verdict) => verdict.figure === figure && verdict.ours === name)
    .map(({ kind, limit, against }) => {
      const theirs = against && measured[against][figure].median;
      if (kind === 'timesLess') return theirs / limit;
      return against ? theirs * limit : limit;
    });
  if (limits.length === 0) return undefined;
  const more = verdicts.some(({ kind }) => kind === 'timesMore' || kind === 'atLeast');
  return more ? Math.max(...limits) : Math.min(...limits);
}

function chartOf(results) {
  const [{ figure }] = results;
  const groups = results.map((entry) => {
    const peers = new Set(entry.verdicts.map(({ against }) => against));
    const bars = Object.entries(entry.figures).map(([name, measured]) => ({
      name,
      ours: !peers.has(name),
      ...measured[entry.figure],
      wanted: wantedAt(entry, name),
    }));
    return { title: entry.work, bars };
  });
  return barChart({ unit: figures[figure].title, digits: figures[figure].digits }, groups);
}

function figuresOf(results) {
  const known = Object.keys(figures);
  const present = new Set(
    results.flatMap((entry) => Object.values(entry.figures).flatMap(Object.keys)),
  );
  const columns = known.filter((figure) => present.has(figure));
  const rows = results.flatMap((entry) =>
    Object.entries(entry.figures).map(([name, measured]) => [
      entry.work,
      name,
      ...columns.map((figure) =>
        measured[figure] ? shown(measured[figure], figures[figure]) : '–',
      ),
    ]),
  );
  return table(['work', '', ...columns.map((figure) => figures[figure].title)], rows);
}

function measuredOn(results) {
  const how = results.map(
    ({ measured: { settings, commit } }) => `${settings.rounds} rounds at commit \`${commit}\``,
  );
  return `${[...new Set(how)].join('; ')}.`;
}

const anchor = (title) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replace(/ /g, '-');

const verdictRows = (results, title) =>
  results.flatMap(({ work, verdicts }) =>
    verdicts.map((verdict) => [
      `[${title}](#${anchor(title)})`,
      work,
      figures[verdict.figure].title,
      inWords(verdict),
      verdict.reached ? 'reached' : '**missed**',
    ]),
  );

/**
 * @param resultsOf the results kept under a name, `[]` where there are none
 * @returns `{path: text}`, paths from the root of the repository
 */
export function performancePage(resultsOf) {
  const shownSections = sections
    .map((section) => ({ ...section, results: resultsOf(section.name) }))
    .filter(({ results }) => results.length > 0);
  const all = shownSections.flatMap(({ results }) => results);
  const machines = new Set(all.map(({ measured }) => measured.machine));
  const versions = new Map();
  for (const { measured } of all)
    for (const [name, version] of Object.entries(measured.versions))
      versions.set(name, new Set(versions.get(name)).add(version));

  const files = {};
  const parts = [
    '# Performance',
    'Made by `npm run bench:page` from `bench/results`; [bench/README.md](../bench/README.md) tells how each is measured.',
    '## Targets',
    table(
      ['', 'work', 'figure', 'measured', ''],
      shownSections.flatMap(({ results, title }) => verdictRows(results, title)),
    ),
    '## Method',
    [
      '- Maxiaoke runs as built, with authentication, validation, history, slow-consumer bounds and metrics on. CPU is user and system time of all server processes, as `/proc` counts it.',
      '- Peers do the same job on the same machine in the same run, in their current versions and with the settings that their documentation advises for speed.',
      '- Every contender is started afresh for each round and warmed up. Rounds are interleaved, every other one in the other order. Figures are medians, with the least and the most in brackets.',
      '- The load is a process of its own that counts deliveries without parsing them; what one receiver got is read whole and checked, and a round in which anything is missing or comes twice fails. “Cores used by the load” shows whether it was the limit.',
      `- Machine: ${[...machines].join('; ')}. Versions: ${[...versions].map(([name, all]) => `${name} ${[...all].join(', ')}`).join(' · ')}.`,
    ].join('\n'),
    '## How to reproduce',
    [
      '```sh',
      ...shownSections.map(({ name }) => `npm run bench:${name}`),
      'npm run bench:page',
      '```',
    ].join('\n'),
    'Each builds what is needed, starts the servers it needs itself and stops by itself. `-- --only PATTERN` measures a part, `-- --rounds N` more or fewer rounds, `-- --scale 0.1` a tenth of the work (which is not kept), `-- --profile FOLDER` writes CPU profiles of Maxiaoke.',
  ];
  for (const { name, title, about, results } of shownSections) {
    files[`docs/charts/${name}.svg`] = chartOf(results);
    parts.push(
      `## ${title}`,
      about,
      `![${title}](charts/${name}.svg)`,
      figuresOf(results),
      measuredOn(results),
    );
  }
  files['docs/performance.md'] = `${parts.join('\n\n')}\n`;
  return files;
}
