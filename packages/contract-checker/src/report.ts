import type { Created } from './created.js';
import type { CheckResult } from './runner.js';

const MARKS = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;

export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
}

export function summarise(results: readonly CheckResult[]): Summary {
  const count = (wanted: CheckResult['result']) => results.filter(({ result }) => result === wanted).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** The report: the table of results, the failures, the skipped checks and the objects left on the server. */
export function toLines(results: readonly CheckResult[], created: readonly Created[]): string[] {
  const { passed, failed, skipped } = summarise(results);
  return [
    ...toTable(results),
    ...section('Failed', results.filter(({ result }) => result === 'failed').flatMap(toFailureLines)),
    ...section('Skipped', results.filter(({ result }) => result === 'skipped').map(toSkippedLine)),
    ...section('Created', created.map(toCreatedLine)),
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
}

function toTable(results: readonly CheckResult[]): string[] {
  const width = Math.max(5, ...results.map(({ name }) => name.length));
  const row = (name: string, result: string, ms: string) =>
    `${name.padEnd(width)}  ${result.padEnd(7)}  ${ms.padStart(6)}`;
  return [
    row('check', 'result', 'ms'),
    ...results.map(({ name, result, ms }) => row(name, MARKS[result], String(ms))),
  ];
}

function toFailureLines({ name, sentence, call, expected, found, reason }: CheckResult): string[] {
  const details =
    expected === undefined
      ? [`    reason    ${reason ?? ''}`]
      : [`    request   ${call ?? ''}`, `    expected  ${expected}`, `    found     ${found ?? ''}`];
  return [`  ${name}`, `    contract  ${sentence}`, ...details];
}

function toSkippedLine({ name, reason }: CheckResult): string {
  return `  ${name}: ${reason ?? ''}`;
}

function toCreatedLine({ api, kind, id, isUncertain }: Created): string {
  return `  ${api}: ${kind} ${id}${isUncertain ? ', perhaps: the request was not answered' : ''}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
}
