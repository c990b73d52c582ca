/**
 * Measures a server under overload: `npm run build && node tools/measure-overload.mjs [seconds a round] [rounds]`.
 *
 * It starts the demo in a temporary folder, with a limit of 64 requests in flight, and opens accounts through the
 * platform API, each with a new body, with eight credentials in turn. First 64 connections in a closed loop measure the
 * peak rate. Then three overloads follow: 256 connections that honour Retry-After, 256 that do not, and an open loop at
 * four times the peak rate. Prints each round and the medians. On a machine with other load the figures say little.
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
/** The rate of the open loop. */
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
  #head;
  #received = '';
  #sentAt = 0;
  #onAnswer;
  #isBusy = false;

  constructor({ hostname, port }, authorization) {
    this.#head =
      `POST /customers/demo-group/accounts HTTP/1.1\r\nHost: ${hostname}\r\n` +
      `Authorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: `;
    this.#socket = connect(Number(port), hostname).setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(String(chunk)));
  }

  /**
   * Resolves when the server has accepted the connection, which its first response shows: the event loop accepts one a
   * turn.
   */
  async opened() {
    await new Promise((answered) => this.send(answered));
  }

  send(onAnswer) {
    const id = `load-${process.pid}-${(sent += 1)}`;
    const body = JSON.stringify({ accountIdentifier: id, displayName: id, contactEmail: 'ops@example.com' });
    this.#onAnswer = onAnswer;
    this.#isBusy = true;
    this.#sentAt = performance.now();
    this.#socket.write(`${this.#head}${body.length}\r\n\r\n${body}`);
  }

  async idle() {
    while (this.#isBusy) await pause(TICK_MS);
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
    this.#isBusy = false;
    this.#onAnswer({ status, retryAfter, elapsedMs: performance.now() - this.#sentAt });
  }
}

/** Collects the responses of one round, and decides what each of its connections does next. */
class Round {
  statuses = {};
  served = [];
  silent = 0;
  unsent = 0;
  #isOver = false;
  #idle = [];

  constructor(connections, { isPatient, isOpen }) {
    this.connections = connections;
    this.isPatient = isPatient;
    this.isOpen = isOpen;
  }

  /** @param rate requests per second, for the mode that does not wait for responses */
  async run(rate) {
    const began = performance.now();
    if (this.isOpen) await this.#offer(rate, began);
    else {
      for (const connection of this.connections) this.#send(connection);
      await pause(1_000 * SECONDS);
    }
    this.#isOver = true;
    const perSecond = this.served.length / ((performance.now() - began) / 1_000);
    await Promise.all(this.connections.map((connection) => connection.idle()));
    return { ...this, perSecond };
  }

  async #offer(rate, began) {
    this.#idle.push(...this.connections);
    let offered = 0;
    for (let at = 0; at < SECONDS; at = (performance.now() - began) / 1_000) {
      for (; offered < at * rate; offered += 1) {
        const next = this.#idle.pop();
        if (next === undefined) this.unsent += 1;
        else this.#send(next);
      }
      await pause(TICK_MS);
    }
  }

  #send(connection) {
    if (!this.#isOver) connection.send((answer) => this.#take(connection, answer));
  }

  #take(connection, { status, retryAfter, elapsedMs }) {
    if (this.#isOver) return;
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
    if (status === 201) this.served.push(elapsedMs);
    else if (retryAfter === undefined) this.silent += 1;
    if (this.isOpen) this.#idle.push(connection);
    else if (this.isPatient && retryAfter) setTimeout(() => this.#send(connection), 1_000 * retryAfter);
    else this.#send(connection);
  }
}

async function openConnections(baseUrl, authorizations) {
  const connections = [];
  for (let n = 0; n < OPEN_CONNECTIONS; n += 1) {
    connections.push(new Connection(new URL(baseUrl), authorizations[n % authorizations.length]));
    if (connections.length % BOUND === 0)
      await Promise.all(connections.slice(-BOUND).map((connection) => connection.opened()));
  }
  return connections;
}

async function startDemo() {
  const home = mkdtempSync(join(tmpdir(), 'vostro-overload-'));
  // When run as root the database server uses another account, which must be able to traverse the folder.
  chmodSync(home, 0o711);
  const app = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env.PATH, VAR_DIR: home, PORT: '0', MAX_REQUESTS_IN_WORK: String(BOUND) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  app.stdout.on('data', (chunk) => (printed += String(chunk)));
  while (!printed.includes('ready on')) await once(app.stdout, 'data');
  const demo = JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8'));
  const operators = JSON.parse(readFileSync(join(home, 'demo-operators.json'), 'utf8'));
  const stop = async () => {
    const ended = once(app, 'exit');
    app.kill('SIGTERM');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { demo, operators, stop, app };
}

/**
 * Issues more credentials of the demo's platform, so that none exceeds its share: one admin requests each, another
 * approves it, and the first collects it.
 */
async function authorizationsOf({ baseUrl, admin }, { approver }) {
  const post = async ({ key, secret }, path, body) => {
    const answer = await fetch(`${baseUrl}/admin${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key, 'x-api-secret': secret },
      body: JSON.stringify({ reason: 'a measurement', ...body }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const issue = async (_, n) => {
    const wanted = { kind: 'platform', platform: 'plt_1', name: `load ${n}`, scopes: ['accounts:write'] };
    const { id } = await post(admin, '/credentials', wanted);
    await post(approver, `/approvals/${id}/approve`, {});
    const { key, secret } = await post(admin, `/approvals/${id}/secret`, {});
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

async function measure(demo, operators) {
  const { baseUrl } = demo;
  const connections = await openConnections(baseUrl, await authorizationsOf(demo, operators));
  const run = (mode, rate) => new Round(connections.slice(0, mode.connections), mode).run(rate);
  await run(MODES.peak);
  const results = Object.fromEntries(Object.keys(MODES).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [name, mode] of Object.entries(MODES)) {
      const before = await numbersOf(baseUrl);
      const result = await run(mode, TIMES * median(results.peak, perSecond));
      const { cpuSeconds, ...numbers } = await numbersOf(baseUrl);
      results[name].push({ ...result, ...numbers, cpuSeconds: cpuSeconds - before.cpuSeconds });
      tell(name, results[name].at(-1));
    }
  for (const connection of connections) connection.close();
  for (const [name, rounds] of Object.entries(results)) {
    // Within a round, because other load on the machine changes from one round to the next.
    const ratios = rounds.map((result, round) => result.perSecond / results.peak[round].perSecond);
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    write(
      `${name}: median ${median(rounds, perSecond).toFixed(0)} opened/s, ` +
        `${median(ratios, (ratio) => ratio).toFixed(2)} of the peak of its round (${spread})`,
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
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function median(results, valueOf) {
  const sorted = results.map(valueOf).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function write(line) {
  process.stdout.write(`${line}\n`);
}

const { demo, operators, stop } = await startDemo();
try {
  await measure(demo, operators);
} finally {
  await stop();
}
