import type { FaultStage } from './stage.js';

/** What fails, and what a caller and an operator must see of it. */
export interface Fault {
  name: string;
  /** Begins the fault. @returns what ends it */
  begin(stage: FaultStage): End | Promise<End>;
  lastsMs: number;
  /** Whether the server can write while the fault lasts; `null`: now and then. */
  isWritable: boolean | null;
  /**
   * The log has a line like this; `null`: no request fails, so it has no warning. (The change feed, which waits 0.5 s, may
   * be lost on a busy machine.)
   */
  says: RegExp | null;
  /** Time until the server is ready again. */
  recoversWithinMs?: number;
  /** The process is killed and another one started. */
  isNewProcess?: boolean;
}

type End = () => void | Promise<void>;

const CUT_INTERVAL_MS = 200;

/** Disturbs the connections; with `cut`, those that are open now are cut first. */
function disturbing(
  disturbance: FaultStage['proxy']['disturbance'],
  { cut = false }: { cut?: boolean } = {},
): Fault['begin'] {
  return ({ proxy }) => {
    proxy.disturbance = disturbance;
    if (cut) proxy.cut();
    return () => {
      proxy.disturbance = {};
    };
  };
}

/** @param sqlState with which the statement that writes openings fails */
function failing(name: string, sqlState: string): Fault {
  return {
    name: `the statement that opens accounts fails with ${sqlState}, ${name}`,
    begin: disturbing({ failing: { text: 'INSERT INTO accounts', sqlState } }),
    lastsMs: 2_000,
    isWritable: true,
    says: /"method":"POST".*"msg":"a planted fault/,
  };
}

/** Each of them lasts for some seconds at most. */
export const SHORT_FAULTS: readonly Fault[] = [
  {
    name: 'all connections are cut, five times a second',
    begin: ({ proxy }) => {
      const timer = setInterval(() => {
        proxy.cut();
      }, CUT_INTERVAL_MS);
      return () => {
        clearInterval(timer);
      };
    },
    lastsMs: 1_000,
    isWritable: null,
    says: /"method":"POST".*"msg":".*(Connection terminated|ECONNRESET)/,
  },
  {
    name: 'the server is gone, and connections are refused',
    begin: async ({ proxy }) => {
      await proxy.pause();
      return () => proxy.resume();
    },
    lastsMs: 3_000,
    isWritable: false,
    says: /"method":"POST".*"msg":".*ECONNREFUSED/,
  },
  {
    name: 'the server ends each connection as it logs in (57P01)',
    begin: disturbing({ isEndedAtLogin: true }, { cut: true }),
    lastsMs: 3_000,
    isWritable: false,
    says: /a connection to the database is lost: terminating connection due to administrator command/,
  },
  {
    name: 'the server is a standby, which only reads',
    begin: disturbing({ isReadOnly: true }, { cut: true }),
    lastsMs: 3_000,
    isWritable: false,
    says: /"method":"POST".*"msg":"the database takes no writes: DATABASE_URL must lead to the primary server/,
  },
  {
    name: 'the answer to each COMMIT is lost',
    begin: disturbing({ lostAnswerTo: 'COMMIT' }),
    lastsMs: 1_500,
    // Everything is written, and nothing acknowledged.
    isWritable: null,
    says: /"method":"POST".*"msg":"Connection terminated/,
  },
  {
    name: 'the process is killed (kill -9)',
    begin: (stage) => {
      stage.program.process.kill('SIGKILL');
      return () => stage.startApp();
    },
    lastsMs: 200,
    isWritable: null,
    says: /Vostro is ready/,
    isNewProcess: true,
  },
  {
    name: 'the connections are half-open: nothing passes any more, and none is closed',
    begin: ({ proxy }) => {
      proxy.disturbance = { isHalfOpen: true };
      proxy.halfOpen();
      return () => {
        proxy.disturbance = {};
      };
    },
    lastsMs: 5_000,
    isWritable: false,
    says: /"route":"\/health\/ready".*"msg":"the database does not answer within 3 s/,
    recoversWithinMs: 20_000,
  },
  failing('a serialization failure', '40001'),
  failing('an internal error', 'XX000'),
];

export const LONG_FAULTS: readonly Fault[] = [
  failing('too many connections', '53300'),
  failing('a full disk', '53100'),
  failing('a cancelled statement', '57014'),
  failing('a lock not granted in time', '55P03'),
  failing('a deadlock', '40P01'),
  failing('a transaction that waited too long', '25P03'),
  {
    name: 'every answer of the server is 300 ms late',
    begin: disturbing({ answerDelayMs: 300 }),
    lastsMs: 5_000,
    isWritable: true,
    says: null,
  },
  {
    name: 'every answer of the server is 10 s late',
    begin: disturbing({ answerDelayMs: 10_000 }),
    lastsMs: 13_000,
    isWritable: false,
    says: /"route":"\/health\/ready".*"msg":"the database does not answer within 3 s/,
    recoversWithinMs: 30_000,
  },
  {
    name: 'the pooled connections are half-open for good; new ones work',
    begin: ({ proxy }) => {
      proxy.halfOpen();
      return () => undefined;
    },
    lastsMs: 1_000,
    isWritable: null,
    says: /"method":"POST".*"msg":"Query read timeout/,
    recoversWithinMs: 20_000,
  },
];
