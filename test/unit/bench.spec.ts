import { readFileSync } from 'node:fs';
import { DOMParser } from '@xmldom/xmldom';
import { CASES } from '../../bench/cases.js';
import { readReport } from '../../bench/limit/pgbench.js';
import { readAnswer, toText } from '../../bench/load/http-connection.js';
import { quantile } from '../../bench/load/load-recorder.js';
import { parseOptions } from '../../bench/options.js';
import { thresholdsOf } from '../../bench/report/thresholds.js';
import { chartOf } from '../../bench/report/chart.js';
import { withFigures } from '../../bench/report/document.js';
import { type CaseFigures, type Results, spreadOf, summarise } from '../../bench/report/results.js';
import { workloadNamed } from '../../bench/workloads/workloads.js';
import { CURRENCIES, OWNERS, ROOM_FOR_OWNER_OPENINGS } from '../../bench/workloads/tenant.js';

const LATEST = JSON.parse(readFileSync('bench/results/latest.json', 'utf8')) as Results;

function figures(perSecond: number, more: Partial<CaseFigures> = {}): CaseFigures {
  const unknown = { refusedPerSecond: 0, maxMs: null, generatorCpu: null, cpuMsPerAnswer: null };
  const measured = { perSecond, p50Ms: null, p99Ms: null, residentBytes: null, settleSeconds: null };
  return { ...summarise([{ ...unknown, ...measured }]), ...more };
}

function resultsOf(cases: Record<string, CaseFigures>, more: Partial<Results> = {}): Results {
  return { ...LATEST, soak: null, ...more, cases };
}

describe('The committed figures', () => {
  it('are those of the chart', () => {
    expect(readFileSync('docs/performance.svg', 'utf8')).toBe(chartOf(LATEST));
  });

  it('are those of the page', () => {
    const page = readFileSync('docs/performance.md', 'utf8');
    expect(withFigures(page, LATEST)).toBe(page);
  });

  it('come from a run in which every check passed', () => {
    expect(LATEST.checks.made).toBeGreaterThan(0);
    expect(LATEST.checks.failed).toEqual([]);
  });

  it('cover every case', () => {
    expect(Object.keys(LATEST.cases)).toEqual(expect.arrayContaining(CASES.map(({ id }) => id)));
  });
});

describe('Thresholds', () => {
  const barOf = (results: Results, work: RegExp) =>
    thresholdsOf(results).find((threshold) => work.test(threshold.work));

  it('compare rates as ratios', () => {
    const at = (mine: number) =>
      barOf(
        resultsOf({
          'vostro opening/owner c64': figures(mine),
          'floor opening/owner c64': figures(1_000),
        }),
        /opening, 64/,
      );
    expect(at(1_000)).toMatchObject({ measured: '1.00 ×', reached: true });
    expect(at(990)).toMatchObject({ measured: '0.99 ×', reached: false });
  });

  it('are not measured while one side is missing', () => {
    const results = resultsOf({ 'vostro opening/owner c64': figures(1_000) });
    expect(thresholdsOf(results).every(({ measured, reached }) => measured === null && !reached)).toBe(true);
  });

  it('allow twice the latency of the floor plus 2 ms', () => {
    const at = (mine: number) =>
      barOf(
        resultsOf({
          'vostro opening/owner r100': figures(100, { p99Ms: spreadOf([mine]) }),
          'floor opening/owner r100': figures(100, { p99Ms: spreadOf([3]) }),
        }),
        /p99/,
      );
    expect(at(8)?.reached).toBe(true);
    expect(at(8.1)?.reached).toBe(false);
  });

  it('use the highest memory of all runs with 256 connections', () => {
    const holding = (mebibytes: number) => figures(1, { residentBytes: spreadOf([mebibytes * 2 ** 20]) });
    const results = resultsOf({
      'vostro opening/owner c256': holding(200),
      'vostro transfer/spread c256': holding(251),
      'vostro opening/owner c64': holding(300),
    });
    expect(barOf(results, /^memory of the server/)).toMatchObject({ measured: '251 MiB', reached: false });
  });

  it('are reached by lists with a latency that does not grow with the number of accounts, and name each list', () => {
    const taking = (few: number, many: number) =>
      barOf(
        resultsOf({
          'small list/admin-newest c1': figures(1, { p50Ms: spreadOf([few]) }),
          'grown list/admin-newest c1': figures(1, { p50Ms: spreadOf([many]) }),
        }),
        /lists/,
      );
    expect(taking(4, 6)).toMatchObject({ measured: 'list/admin-newest 4.0 → 6.0 ms', reached: true });
    expect(taking(4, 6.1)?.reached).toBe(false);
  });

  it('compare the memory at the end of a soak with the memory after its warm-up', () => {
    const soakOf = (bytes: (second: number) => number) =>
      Array.from({ length: 100 }, (_, index) => ({ second: index + 1, bytes: bytes(index) }));
    const level = resultsOf({}, { soak: soakOf((second) => (second < 20 ? 1 : 200) * 2 ** 20) });
    const growing = resultsOf({}, { soak: soakOf((second) => (100 + second) * 2 ** 20) });
    expect(barOf(level, /over minutes/)?.reached).toBe(true);
    expect(barOf(growing, /over minutes/)?.reached).toBe(false);
  });
});

describe('Figures', () => {
  it('are medians with the minimum and the maximum', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('take quantiles by nearest rank', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([50, 99, 100]);
    expect(quantile(new Float64Array(), 0.99)).toBe(0);
  });
});

describe('The chart', () => {
  it('is well-formed', () => {
    const faults: string[] = [];
    const onError = (_: string, message: string) => faults.push(message);
    const svg = new DOMParser({ onError }).parseFromString(chartOf(LATEST), 'image/svg+xml');
    expect(faults).toEqual([]);
    expect(svg.getElementsByTagName('rect')).toHaveLength(15);
  });

  it('omits what was not measured', () => {
    const svg = chartOf(resultsOf({ 'vostro opening/owner c64': figures(1_234) }));
    expect(svg).toContain('>1,234<');
    expect(svg).not.toContain('Transfers');
  });
});

describe('The load generator', () => {
  it('sends a Content-Length in bytes', () => {
    const text = toText({ method: 'POST', path: '/a', headers: { k: 'v' }, body: '"é"' }, 'h:1');
    expect(text).toBe(
      'POST /a HTTP/1.1\r\nhost: h:1\r\nk: v\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n"é"',
    );
  });

  it('waits for the complete response', () => {
    const answer = Buffer.from('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}');
    for (let length = 0; length < answer.length; length++)
      expect(readAnswer(answer.subarray(0, length))).toBeNull();
    expect(readAnswer(answer)).toEqual({ status: 201, length: answer.length });
  });

  it('waits for the last chunk of a chunked response', () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    const answer = Buffer.from(`${head}2\r\n{}\r\n0\r\n\r\n`);
    for (let length = 0; length < answer.length; length++)
      expect(readAnswer(answer.subarray(0, length))).toBeNull();
    expect(readAnswer(answer)).toEqual({ status: 200, length: answer.length });
  });

  it('rejects a response of unknown length', () => {
    const endless = Buffer.from('HTTP/1.1 200 OK\r\n\r\n{}');
    expect(() => readAnswer(endless)).toThrow('without a status or a length');
  });

  it('never requests the same account twice, except in the storm workload', () => {
    const { requestOf } = workloadNamed('opening/owner');
    const numbers = [0, 1, OWNERS - 1, OWNERS, 2 * OWNERS, ROOM_FOR_OWNER_OPENINGS - 1];
    const wanted = numbers.map((number) => {
      const { headers, body } = requestOf(number, '');
      return `${headers['x-api-key'] ?? ''} ${body ?? ''}`;
    });
    expect(new Set(wanted).size).toBe(numbers.length);
    expect(wanted.join()).not.toContain(`"${CURRENCIES.at(-1) ?? ''}"`);
    expect(() => requestOf(ROOM_FOR_OWNER_OPENINGS, '')).toThrow('have room for');
    const storm = workloadNamed('opening/storm');
    expect(storm.requestOf(1, '')).toEqual(storm.requestOf(0, ''));
    expect(storm.requestOf(storm.sameRequest ?? 0, '')).not.toEqual(storm.requestOf(0, ''));
  });

  it('never transfers from an account to itself', () => {
    const bodies = (['transfer/spread', 'transfer/hot'] as const).flatMap((name) =>
      Array.from({ length: 10_000 }, (_, number) => workloadNamed(name).requestOf(number, '').body ?? ''),
    );
    const orders = bodies.map((body) => JSON.parse(body) as Record<string, string>);
    expect(orders.filter(({ transferFrom, transferTo }) => transferFrom === transferTo)).toEqual([]);
    expect(new Set(orders.slice(0, 10_000).map(({ transferFrom }) => transferFrom)).size).toBeGreaterThan(
      5_000,
    );
    expect(new Set(orders.slice(10_000).map(({ transferFrom }) => transferFrom)).size).toBe(1);
  });
});

describe('The report of pgbench', () => {
  const text = 'number of transactions actually processed: 123\nnumber of failed transactions: 0 (0.000%)\n';

  it('is parsed', () => {
    expect(readReport(`${text}tps = 61.500000 (without initial connection time)\n`)).toEqual({
      transactions: 123,
      perSecond: 61.5,
    });
  });

  it('is rejected when transactions failed or when it has another form', () => {
    expect(() => readReport(`${text.replace(': 0 ', ': 1 ')}tps = 1\n`)).toThrow('pgbench did not');
    expect(() => readReport('pgbench: error')).toThrow('pgbench did not');
  });
});

describe('Options', () => {
  it('write the committed figures only after a full run', () => {
    expect(parseOptions([])).toMatchObject({ rounds: 3, seconds: 10, out: 'bench/results/latest.json' });
    expect(parseOptions(['--quick'])).toMatchObject({ rounds: 1, seconds: 1, out: null });
    expect(parseOptions(['--only', 'floor'])).toMatchObject({ out: null });
    expect(parseOptions(['--quick', '--out', 'x.json'])).toMatchObject({ out: 'x.json' });
  });

  it('are named when they cannot be parsed', () => {
    expect(() => parseOptions(['--rounds', 'many'])).toThrow('--rounds must be a number above 0');
    expect(() => parseOptions(['--fast'])).toThrow('--fast');
  });
});
