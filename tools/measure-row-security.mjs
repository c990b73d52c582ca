/**
 * Measures the cost of row-level security by platform for an opening (ADR 28): `npm run build && node
 * tools/measure-row-security.mjs [seconds a round] [rounds]`.
 *
 * Starts the demo in its own folder and opens accounts through the platform API. Rounds alternate between no policy and
 * one policy on each table with a `platform_id`. The tenants that a session may access are a setting of the role, so
 * that no statement is added to a transaction: a server that set the tenants in each transaction would pay more than
 * this. Prints the CPU time of the server and of PostgreSQL per opening, which other load on the machine affects less
 * than the rate.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const SECONDS = Number(process.argv[2] ?? 8);
const ROUNDS = Number(process.argv[3] ?? 5);
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 32;
const TICKS_PER_SECOND = 100;
const POLICY = `platform_id = ANY (current_setting('vostro.platforms', true)::bigint[])`;

const home = mkdtempSync(join(tmpdir(), 'vostro-row-security-'));
chmodSync(home, 0o711);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
let opened = 0;

async function start() {
  const env = { ...process.env, VAR_DIR: home, PORT: '0', LOG_LEVEL: 'fatal', MAX_REQUESTS_IN_WORK: '200' };
  const server = spawn(process.execPath, ['dist/main.js'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const chunk of server.stdout) {
    printed += String(chunk);
    if (printed.includes('ready on')) break;
  }
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
  return { server, url };
}

async function stop({ server }) {
  server.kill('SIGINT');
  await once(server, 'exit');
}

function superuser() {
  const [pid, , , port] = readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(home, 'postgres.password'), 'utf8').trim();
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'vostro', password, database: 'vostro' });
  return { client, postmaster: Number(pid) };
}

/** Sessions get the role's setting when the server restarts. */
async function restarted(running) {
  const { client } = superuser();
  await client.connect();
  const { rows } = await client.query(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'platform_id'`,
  );
  for (const { name } of rows) await client.query(`CREATE POLICY tenant ON ${name} USING (${POLICY})`);
  const ids = await client.query('SELECT array_agg(id) AS all FROM platforms');
  await client.query(`ALTER ROLE vostro_app SET vostro.platforms = '{${ids.rows[0].all.join(',')}}'`);
  await client.end();
  await stop(running);
  return { running: await start(), tables: rows.map(({ name }) => name) };
}

function open({ url }, authorization) {
  const id = `row-${(opened += 1)}`;
  const body = JSON.stringify({ accountIdentifier: id, displayName: id, contactEmail: 'ops@example.com' });
  const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/customers/demo-group/accounts`,
      { method: 'POST', agent, headers },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      },
    );
    sent.on('error', reject).end(body);
  });
}

async function load(running, authorization, seconds) {
  const end = performance.now() + seconds * 1_000;
  let done = 0;
  const work = async () => {
    while (performance.now() < end) {
      const status = await open(running, authorization);
      if (status !== 201) throw new Error(`an opening was answered ${status}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return done;
}

/** CPU time of a process, in seconds; 0 when it has ended. */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return {
      parent: Number(fields[1]),
      seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    };
  } catch {
    return { parent: 0, seconds: 0 };
  }
}

function cpuOfPostgres(postmaster) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .map(cpuOf)
    .filter(({ parent }) => parent === postmaster)
    .reduce((sum, { seconds }) => sum + seconds, 0);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure({ running, tables, authorization, client, postmaster }, isOn) {
  const act = isOn ? 'ENABLE' : 'DISABLE';
  for (const table of tables) await client.query(`ALTER TABLE ${table} ${act} ROW LEVEL SECURITY`);
  await load(running, authorization, WARM_UP_SECONDS);
  const before = [cpuOf(running.server.pid).seconds, cpuOfPostgres(postmaster)];
  const done = await load(running, authorization, SECONDS);
  const server = ((cpuOf(running.server.pid).seconds - before[0]) * 1e6) / done;
  const postgres = ((cpuOfPostgres(postmaster) - before[1]) * 1e6) / done;
  console.log(
    `${isOn ? 'with' : 'without'}: ${(done / SECONDS).toFixed(0)}/s, ${server.toFixed(0)} + ${postgres.toFixed(0)} µs an opening`,
  );
  return { server, postgres, both: server + postgres };
}

/** @param name of the state of the tables */
async function compare(name, stage, rounds, prepare) {
  console.log(name);
  const measured = { without: [], with: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const isOn of [false, true]) {
      await prepare();
      measured[isOn ? 'with' : 'without'].push(await measure(stage, isOn));
    }
  }
  for (const part of ['server', 'postgres', 'both']) {
    const [off, on] = [measured.without, measured.with].map((all) => median(all.map((one) => one[part])));
    const change = ((on / off - 1) * 100).toFixed(1);
    console.log(`  ${part}: median ${off.toFixed(0)} µs without, ${on.toFixed(0)} with (${change} %)`);
  }
}

async function main() {
  const { running, tables } = await restarted(await start());
  const { client, postmaster } = superuser();
  await client.connect();
  const { platform } = JSON.parse(readFileSync(join(home, 'demo.json'), 'utf8'));
  const authorization = `Basic ${Buffer.from(`${platform.key}:${platform.secret}`).toString('base64')}`;
  const stage = { running, tables, authorization, client, postmaster };
  await client.query(`ALTER SYSTEM SET autovacuum = off`);
  await client.query('SELECT pg_reload_conf()');
  await compare('Tables that were never analysed:', stage, 1, () => Promise.resolve());
  await compare('Tables that were just analysed:', stage, ROUNDS, () => client.query('ANALYZE'));
  await client.end();
  await stop(running);
}

main().finally(() => rmSync(home, { recursive: true, force: true }));
