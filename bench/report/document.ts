import type { Results } from './results.js';
import { count, tablesOf } from './table.js';

const BEGIN = '<!-- figures, written by npm run bench:chart -->';
const END = '<!-- end of the figures -->';
const GIBIBYTE = 2 ** 30;

/**
 * Replaces the figures between the markers of the document with those of this run.
 * @throws Error when a marker is missing
 */
export function withFigures(document: string, results: Results): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`a marker is missing: ${BEGIN} … ${END}`);
  return `${before}${BEGIN}\n\n${figuresOf(results)}\n\n${END}${after}`;
}

function figuresOf(results: Results): string {
  const { bars, figures } = tablesOf(results);
  return [describeRun(results), bars, figures].join('\n\n');
}

function describeRun({ machine, command, date, rounds, seconds, checks }: Results): string {
  const { cpu, cores, memoryBytes, system, node, postgresql, postgresqlIsOwn } = machine;
  const server = postgresqlIsOwn ? 'started for the run with its defaults' : 'a server that was there';
  const memory = (memoryBytes / GIBIBYTE).toFixed(0);
  const failed = checks.failed.length === 0 ? 'all right' : `${checks.failed.length} of them wrong`;
  return [
    `\`${command}\` on ${date.slice(0, 10)}: ${cores} cores (${cpu}), ${memory} GiB, ${system}, Node ${node},`,
    `PostgreSQL ${postgresql} (${server}). Rounds: ${rounds}; seconds of each measurement: ${seconds}; counts and`,
    `verifications: ${count(checks.made)}, ${failed}.`,
  ].join('\n');
}
