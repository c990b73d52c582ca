import { REASON } from './admin.js';
import type { Headers } from './factories.js';
import type { Answer, World } from './world.js';

export const NDJSON = 'application/x-ndjson';

export interface Verdict {
  line: number;
  idempotencyKey: string | null;
  replayed: boolean;
  status: string;
  account?: { id: string } & Record<string, unknown>;
  transfer?: { id: string } & Record<string, unknown>;
  error?: { code: string } & Record<string, unknown>;
}

export interface BulkAnswer extends Answer {
  verdicts: Verdict[];
  /** `undefined`: the answer broke off. */
  summary: Record<string, unknown> | undefined;
}

/** A line as it is sent: an object, or a text or bytes that are sent as they are. */
export type SentLine = object | string | Buffer;

export const toNdjson = (lines: readonly SentLine[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [bytesOf(line), Buffer.from('\n')]));

function bytesOf(line: SentLine): Buffer {
  if (Buffer.isBuffer(line)) return line;
  return Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
}

export function readVerdicts(text: string): Pick<BulkAnswer, 'verdicts' | 'summary'> {
  const objects = (text.match(/.+/g) ?? []).map((line) => JSON.parse(line) as object);
  const last = objects.at(-1);
  const summary =
    last !== undefined && 'summary' in last ? (last.summary as BulkAnswer['summary']) : undefined;
  return { verdicts: objects.slice(0, summary === undefined ? undefined : -1) as Verdict[], summary };
}

/** Sends all lines and reads all verdicts. @param path below `/admin` */
export async function sendLines(
  world: World,
  path: string,
  { headers, lines }: { headers: Headers; lines: readonly SentLine[] },
): Promise<BulkAnswer> {
  const raw = toNdjson(lines);
  const answer = await world.send('POST', `/admin${path}`, {
    headers: { 'content-type': NDJSON, ...headers },
    raw,
  });
  return { ...answer, ...readVerdicts(answer.text) };
}

/** What a verdict comes to: its status, and of a refusal the code. */
export const endOf = ({ status, error }: Verdict): string =>
  error === undefined ? status : `${status} ${error.code}`;

interface Customer {
  platformId: string;
  identifier: string;
}

/** A line that opens an account for the platform API. */
export function anAccountLine({ platformId, identifier }: Customer, name: string, more: object = {}): object {
  return {
    ...{ idempotencyKey: `key-${name}`, channel: 'platform', platform: `plt_${platformId}`, reason: REASON },
    ...{ customerIdentifier: identifier, accountIdentifier: name, displayName: `Account ${name}` },
    contactEmail: 'ops@example.com',
    ...more,
  };
}
