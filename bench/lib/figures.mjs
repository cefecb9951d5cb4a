/** What is measured: how it is called, how many digits it is shown with, and what divides it for that. */
export const figures = {
  cpuSecondsPerMillion: { title: 'CPU seconds per million deliveries', digits: 2 },
  deliveriesPerSecond: { title: 'deliveries per second', digits: 0 },
  loadCores: { title: 'cores used by the load', digits: 2 },
  storeCpuSecondsPerMillion: {
    title: 'CPU seconds of the store per million deliveries',
    digits: 2,
  },
  p50: { title: 'median latency, ms', digits: 1 },
  p95: { title: '95th percentile of latency, ms', digits: 2 },
  p99: { title: '99th percentile of latency, ms', digits: 1 },
  p999: { title: '99.9th percentile of latency, ms', digits: 1 },
  cores: { title: 'cores used by the server', digits: 2 },
  kilobytesPerConnection: { title: 'resident kB per connection', digits: 1 },
  kilobytesAsItStands: { title: 'resident kB per connection, garbage included', digits: 1 },
  megabytesBefore: { title: 'resident MB before', digits: 0 },
  firstResumed: { title: 'first resumed, seconds after the kill', digits: 2 },
  secondsToResume: { title: 'seconds from the first resumed to the last', digits: 2 },
  gaps: { title: 'clients with a gap', digits: 0 },
  refused: { title: 'recoveries refused', digits: 0 },
  attempts: { title: 'connection attempts per client', digits: 2 },
  historyReads: { title: 'reads of the history store', digits: 0 },
  sessionReads: { title: 'reads of the session store', digits: 0 },
  dataReads: { title: 'reads of the data store', digits: 0 },
  requestsPerCpuSecond: { title: 'requests per second of server CPU', digits: 0 },
  requestsPerSecond: { title: 'requests per second', digits: 0 },
  bytesPerAnswer: { title: 'bytes per answer', digits: 0 },
  eventsPerSecond: { title: 'events per second', digits: 0 },
  clientCpuMicros: { title: 'CPU µs per event, client', digits: 1 },
  serverCpuMicros: { title: 'CPU µs per event, store', digits: 1 },
  eventsPerCommit: { title: 'events per commit', digits: 1 },
  p99AboveLive: { title: 'its 99th percentile above that of /health/live, ms', digits: 1 },
  p99Live: { title: '99th percentile of /health/live, ms', digits: 1 },
  trainings: { title: 'trainings meanwhile', digits: 1 },
  trainingShare: { title: 'share of the time with a training under way', digits: 2 },
  megabytesGrown: { title: 'growth of resident memory, MB', digits: 0 },
  fillSeconds: { title: 'seconds to fill it', digits: 1 },
  secondsToReady: { title: 'seconds to ready', digits: 2 },
  coursesPerSecond: { title: 'courses per second', digits: 0 },
  peakMegabytes: { title: 'most resident MB', digits: 0 },
};

export const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Nearest rank of `share` (0–1) of them. */
export const percentile = (values, share) =>
  values.toSorted((one, other) => one - other)[Math.max(0, Math.ceil(share * values.length) - 1)];

/** `median (least–most)`. */
export const shown = ({ median, least, most }, { digits }) =>
  `${number(median, digits)} (${number(least, digits)}–${number(most, digits)})`;

/**
 * How a figure of ours stands beside a peer's, or alone, and whether that is what is wanted. `wanted` is
 * `{figure, ours?, against?}` and one of `timesLess`, `timesMore` (at least so many times), `atMostTimes`, `atMost`,
 * `atLeast` (the median) and `neverAbove` (any round).
 */
export function judge(results, { figure, ours = 'maxiaoke', against, ...bound }) {
  const mine = results[ours][figure];
  const theirs = against && results[against][figure].median;
  const [[kind, limit]] = Object.entries(bound);
  const value = {
    timesLess: () => theirs / mine.median,
    timesMore: () => mine.median / theirs,
    atMostTimes: () => mine.median / theirs,
    atMost: () => mine.median,
    atLeast: () => mine.median,
    neverAbove: () => mine.most,
  }[kind]();
  const least = kind.startsWith('times') || kind === 'atLeast';
  const reached = least ? value >= limit : value <= limit;
  return { figure, ours, against, kind, limit, value, reached };
}

/** A verdict in words: `52.1 times less than socket.io (at least 40)`. */
export function inWords({ figure, against, kind, limit, value }) {
  const times = number(value, value < 10 ? 2 : 1);
  return {
    timesLess: () => `${times} times less than ${against} (at least ${limit})`,
    timesMore: () =>
      `${times} times as many as ${against} (at least ${number(limit, 2).replace(/\.?0+$/, '')})`,
    atMostTimes: () => `${times} times ${against} (at most ${limit})`,
    atMost: () => `${number(value, figures[figure].digits)} (at most ${limit})`,
    atLeast: () => `${number(value, figures[figure].digits)} (at least ${number(limit)})`,
    neverAbove: () => `never above ${number(value, figures[figure].digits)} (at most ${limit})`,
  }[kind]();
}
