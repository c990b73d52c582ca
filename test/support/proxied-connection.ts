import { connect, type Socket } from 'node:net';
import { type FailingStatement, FailingStatements } from './failing-statements.js';
import { type FrontendMessage, FrontendMessages, withParameter } from './frontend-messages.js';

/** What the proxy does to the connections that pass through it; it may be changed at any time. */
export interface Disturbance {
  /** Keeps what a client sends for so long when it contains this text. */
  delay?: { text: string; ms: number };
  /** Keeps every answer of the server for so long. */
  answerDelayMs?: number;
  /** These statements fail. */
  failing?: FailingStatement;
  /** The answer to a statement with this text is lost: the connection is cut in its place. */
  lostAnswerTo?: string;
  /** Ends each new connection with FATAL 57P01, sent in the packet that completes the login. */
  isEndedAtLogin?: boolean;
  /** Each new session only reads, as on a standby. */
  isReadOnly?: boolean;
  /** Nothing passes on a new connection, in either direction, and it stays open. */
  isHalfOpen?: boolean;
}

/** One connection of a client, and the one to the server that belongs to it. */
export class ProxiedConnection {
  private readonly server: Socket;
  private readonly messages = new FrontendMessages();
  private readonly statements = new FailingStatements();
  private isLoggedIn = false;
  private isHalfOpen: boolean;
  private isLosingAnswer = false;
  /** Answers are sent in their order, also while their delay changes. */
  private sent: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly client: Socket,
    { port, hostname }: URL,
    private readonly disturbance: () => Disturbance,
  ) {
    this.server = connect(Number(port), hostname);
    this.isHalfOpen = disturbance().isHalfOpen === true;
    for (const socket of [client, this.server]) socket.on('error', () => undefined);
    client.on('data', (chunk) => {
      this.forward(chunk);
    });
    this.server.on('data', (chunk) => {
      this.answer(chunk);
    });
    client.on('close', () => this.server.end());
    this.server.on('close', () => {
      if (!this.isHalfOpen) client.end();
    });
  }

  cut(): void {
    this.client.destroy();
  }

  /** From now on nothing passes, until the client gives the connection up. */
  halfOpen(): void {
    this.isHalfOpen = true;
  }

  private forward(chunk: Buffer): void {
    if (this.isHalfOpen) return;
    const { delay, lostAnswerTo } = this.disturbance();
    const bytes = Buffer.concat(this.messages.push(chunk).map((message) => this.changed(message)));
    if (lostAnswerTo !== undefined && chunk.includes(lostAnswerTo)) this.isLosingAnswer = true;
    if (delay !== undefined && chunk.includes(delay.text)) {
      this.client.pause();
      setTimeout(() => {
        this.server.write(bytes);
        this.client.resume();
      }, delay.ms);
    } else this.server.write(bytes);
  }

  private changed(message: FrontendMessage): Buffer {
    const { isReadOnly, failing } = this.disturbance();
    if (message.type !== '') return this.statements.replace(message, failing);
    return isReadOnly === true
      ? withParameter(message.bytes, 'default_transaction_read_only', 'on')
      : message.bytes;
  }

  private answer(chunk: Buffer): void {
    if (this.isHalfOpen) return;
    if (this.isLosingAnswer) {
      this.cut();
      return;
    }
    const { answerDelayMs = 0, isEndedAtLogin } = this.disturbance();
    const completesLogin =
      !this.isLoggedIn && chunk.subarray(-READY_FOR_QUERY.length).equals(READY_FOR_QUERY);
    this.isLoggedIn ||= completesLogin;
    if (completesLogin && isEndedAtLogin === true) {
      this.client.end(Buffer.concat([chunk, ADMIN_SHUTDOWN]));
      this.server.destroy();
    } else if (answerDelayMs > 0 || this.waiting > 0) this.answerLater(chunk, answerDelayMs);
    else this.client.write(chunk);
  }

  private answerLater(chunk: Buffer, delayMs: number): void {
    const due = performance.now() + delayMs;
    this.waiting++;
    this.sent = this.sent.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      this.waiting--;
      if (!this.isHalfOpen) this.client.write(chunk);
    });
  }
}

/** ReadyForQuery outside a transaction (PostgreSQL documentation, Message Formats). */
const READY_FOR_QUERY = Buffer.from('Z\0\0\0\x05I', 'latin1');

const ADMIN_SHUTDOWN = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P01',
  M: 'terminating connection due to administrator command',
});

/** @param fields by their type, one letter each (PostgreSQL documentation, Error and Notice Message Fields) */
function errorResponse(fields: Record<string, string>): Buffer {
  const text = Object.entries(fields).map(([type, value]) => `${type}${value}\0`);
  const body = Buffer.from(`${text.join('')}\0`);
  const head = Buffer.from('E\0\0\0\0', 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
