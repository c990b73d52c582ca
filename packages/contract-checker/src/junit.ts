import type { Api } from './check.js';
import type { CheckResult } from './runner.js';

// Characters that XML 1.0 cannot hold, however they are written.
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** The results as JUnit XML: one suite per API, one case per check. */
export function toJunit(results: readonly CheckResult[], startedAt: Date): string {
  const apis = [...new Set(results.map(({ api }) => api))];
  const suites = apis.map((api) =>
    toSuite(
      api,
      results.filter((one) => one.api === api),
      startedAt,
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'vostro contract', ...counts(results) }, suites)}\n`;
}

function toSuite(api: Api, results: readonly CheckResult[], startedAt: Date): string {
  const attributes = { name: `contract.${api}`, ...counts(results), timestamp: startedAt.toISOString() };
  return element('testsuite', attributes, results.map(toCase));
}

function toCase({
  api,
  name,
  sentence,
  ms,
  result,
  reason = '',
  call,
  expected,
  found,
}: CheckResult): string {
  const attributes = { classname: `contract.${api}`, name: name.slice(api.length + 1), time: toSeconds(ms) };
  if (result === 'passed') return element('testcase', attributes, []);
  if (result === 'skipped')
    return element('testcase', attributes, [element('skipped', { message: reason }, [])]);
  const lines = [
    sentence,
    `request:  ${call ?? ''}`,
    `expected: ${expected ?? ''}`,
    `found:    ${found ?? ''}`,
  ];
  const failure = element('failure', { message: reason, type: 'contract' }, [escaped(lines.join('\n'))]);
  return element('testcase', attributes, [failure]);
}

function counts(results: readonly CheckResult[]): Record<string, string> {
  const count = (wanted: CheckResult['result']) => results.filter(({ result }) => result === wanted).length;
  return {
    tests: String(results.length),
    failures: String(count('failed')),
    errors: '0',
    skipped: String(count('skipped')),
    time: toSeconds(results.reduce((sum, { ms }) => sum + ms, 0)),
  };
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  inside: readonly string[],
): string {
  const opened = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return inside.length === 0
    ? `<${name}${opened.join('')}/>`
    : `<${name}${opened.join('')}>${inside.join('')}</${name}>`;
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? '');
}
