/**
 * Measures what becomes of a server that is asked for more than it can do:
 * `npm run build && node scripts/measure-overload.mjs [seconds a round] [rounds]`.
 *
 * Starts the demo in a folder of its own, with a bound of 64 requests in work, and opens accounts through the platform
 * API, each body unlike the others, with eight credentials in turn. First 64 connections, each of which sends when it was
 * answered: that gives the peak. Then four times as much, in three ways: 256 connections that do as Retry-After
 * says, 256 that do not, and a rate of four times the peak whatever is answered. Prints medians of the rounds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BOUND = Number(process.env.BOUND ?? 64);
const TIMES = 4;
const CREDENTIALS = 8;
const SECONDS = Number(process.argv[2] ?? 8);
const ROUNDS = Number(process.argv[3] ?? 3);
const WARM_UP_SECONDS = 5;
/** Of the rate whose answers nobody waits for. */
const OPEN_CONNECTIONS = 1_024;
const TICK_MS = 5;

const MODES = {
  peak: { connections: BOUND },
  patient: { connections: TIMES * BOUND, isPatient: true },
  impatient: { connections: TIMES * BOUND },
  rate: { connections: OPEN_CONNECTIONS, isOpen: true },
};

let sent = 0;

/** One request at a time; answers have a Content-Length. */
class Connection {
  #socket;
  #received = '';
  #sentAt = 0;
  isBusy = false;

  constructor({ hostname, port }, authorization, onAnswer) {
    this.head =
      `POST /customers/demo-group/accounts HTTP/1.1\r\nHost: ${hostname}\r\n` +
      `Authorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: `;
    this.onAnswer = onAnswer;
    this.#socket = connect(Number(port), hostname).setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(String(chunk)));
    this.#socket.on('error', () => this.onAnswer(this, { status: 0 }));
  }

  send() {
    const id = `load-${process.pid}-${(sent += 1)}`;
    const body = JSON.stringify({ accountIdentifier: id, displayName: id, contactEmail: 'ops@example.com' });
    this.isBusy = true;
    this.#sentAt = performance.now();
    this.#socket.write(`${this.head}${body.length}\r\n\r\n${body}`);
  }

  close() {
    this.#socket.destroy();
  }

  #read(text) {
    this.#received += text;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1]);
    if (this.#received.length < head + 4 + length) return;
    const status = Number(this.#received.slice(9, 12));
    const retryAfter = /retry-after: (\d+)/i.exec(this.#received.slice(0, head))?.[1];
    this.#received = '';
    this.isBusy = false;
    this.onAnswer(this, { status, retryAfter, elapsedMs: performance.now() - this.#sentAt });
  }
}

/** @returns answers by status, how long those served took, and how many there were of them a second */
async function load(baseUrl, authorizations, { connections, isPatient, isOpen }, rate) {
  const tally = { statuses: {}, served: [], silent: 0 };
  const idle = [];
  const run = { isOver: false };
  const onAnswer = (connection, { status, retryAfter, elapsedMs }) => {
    if (run.isOver) return;
    tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
    if (status === 201) tally.served.push(elapsedMs);
    else if (retryAfter === undefined) tally.silent += 1;
    if (isOpen) idle.push(connection);
    else if (isPatient && retryAfter) setTimeout(() => run.isOver || connection.send(), 1_000 * retryAfter);
    else if (status !== 0) connection.send();
  };
  const all = Array.from(
    { length: connections },
    (_, n) => new Connection(new URL(baseUrl), authorizations[n % authorizations.length], onAnswer),
  );
  const began = performance.now();
  if (isOpen) idle.push(...all);
  else for (const connection of all) connection.send();
  let offered = 0;
  let unsent = 0;
  const ticking = setInterval(() => {
    if (!isOpen) return;
    const due = Math.floor(((performance.now() - began) / 1_000) * rate) - offered;
    offered += due;
    for (let n = 0; n < due; n += 1) {
      const next = idle.pop();
      if (next === undefined) unsent += 1;
      else next.send();
    }
  }, TICK_MS);
  await new Promise((resolve) => setTimeout(resolve, 1_000 * SECONDS));
  run.isOver = true;
  clearInterval(ticking);
  const seconds = (performance.now() - began) / 1_000;
  for (const connection of all) connection.close();
  return { ...tally, unsent, perSecond: tally.served.length / seconds };
}

async function startDemo() {
  const home = mkdtempSync(join(tmpdir(), 'vostro-overload-'));
  // As root the database server runs under another account, which must be able to enter.
  chmodSync(home, 0o711);
  const app = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env.PATH, VAR_DIR: home, PORT: '0', MAX_REQUESTS_IN_WORK: String(BOUND) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  app.stdout.on('data', (chunk) => (printed += String(chunk)));
  while (!printed.includes('Credentials:')) await once(app.stdout, 'data');
  const demo = JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8'));
  const stop = async () => {
    const ended = once(app, 'exit');
    app.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { demo, stop, app };
}

/** More credentials of the demo's platform, so that none of them is over its share. */
async function authorizationsOf({ baseUrl, admin }) {
  const issue = async (_, n) => {
    const answer = await fetch(`${baseUrl}/admin/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': admin.key, 'x-api-secret': admin.secret },
      body: JSON.stringify({
        ...{ kind: 'platform', platform: 'plt_1', name: `load ${n}`, reason: 'a measurement' },
        scopes: ['accounts:write'],
      }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    const { key, secret } = await answer.json();
    return `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;
  };
  return Promise.all(Array.from({ length: CREDENTIALS }, issue));
}

async function numbersOf(baseUrl) {
  const text = await (await fetch(`${baseUrl}/metrics`)).text();
  const read = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    highest: read('vostro_requests_in_work_highest'),
    loopP99Ms: 1_000 * read('nodejs_eventloop_lag_p99_seconds'),
    cpuSeconds: read('process_cpu_seconds_total'),
  };
}

async function measure(demo) {
  const { baseUrl } = demo;
  const authorizations = await authorizationsOf(demo);
  const until = Date.now() + 1_000 * WARM_UP_SECONDS;
  while (Date.now() < until) await load(baseUrl, authorizations, MODES.peak);
  const results = Object.fromEntries(Object.keys(MODES).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, mode] of Object.entries(MODES)) {
      const before = await numbersOf(baseUrl);
      const result = await load(baseUrl, authorizations, mode, TIMES * median(results.peak, perSecond));
      const numbers = await numbersOf(baseUrl);
      results[name].push({ ...result, ...numbers, cpuSeconds: numbers.cpuSeconds - before.cpuSeconds });
      tell(name, results[name].at(-1), results);
    }
  for (const [name, rounds] of Object.entries(results)) {
    const ratio = median(rounds, perSecond) / median(results.peak, perSecond);
    write(
      `${name}: median ${median(rounds, perSecond).toFixed(0)} opened/s, ${ratio.toFixed(2)} of the peak`,
    );
  }
}

function tell(name, { statuses, served, silent, unsent, perSecond, highest, loopP99Ms, cpuSeconds }) {
  const sorted = served.toSorted((a, b) => a - b);
  const at = (part) => (sorted[Math.floor(part * (sorted.length - 1))] ?? NaN).toFixed(0);
  write(
    `${name}: ${perSecond.toFixed(0)} opened/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, answers ${JSON.stringify(statuses)}, ` +
      `refused without Retry-After ${silent}, not sent for want of a connection ${unsent}, ` +
      `at most ${highest} of ${BOUND} in work, event loop p99 ${loopP99Ms.toFixed(0)} ms, ${(cpuSeconds / SECONDS).toFixed(2)} processors`,
  );
}

const perSecond = (result) => result.perSecond;

function median(results, valueOf) {
  const sorted = results.map(valueOf).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function write(line) {
  process.stdout.write(`${line}\n`);
}

const { demo, stop } = await startDemo();
try {
  await measure(demo);
} finally {
  await stop();
}
