import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** The server's reaction to one message, or to one connection. */
export type Reaction = 'accept' | 'hang' | 'drop' | number;

/** A received message, with any reaction. */
export interface ReceivedEmail {
  from: string;
  to: string[];
  /** By lower-case name, unfolded and decoded. */
  headers: Map<string, string>;
  text: string;
  raw: string;
  reaction: Reaction;
}

/** A real SMTP server that reacts as a test specifies, and keeps the messages. */
export class MailServer {
  readonly received: ReceivedEmail[] = [];
  /** The user names and passwords it received. */
  readonly shown: string[] = [];
  connections = 0;
  /** The reactions to the next connections; after that each is accepted. */
  greetings: Reaction[] = [];
  /** The reactions to the next recipients; after that each is accepted. */
  recipients: Reaction[] = [];
  /** The reactions to the next messages, once received completely; after that each is accepted. */
  messages: Reaction[] = [];
  private server: SMTPServer | undefined;
  private readonly sockets = new Map<string, Socket>();
  private port = 0;

  constructor(private readonly options: SMTPServerOptions = { disabledCommands: ['AUTH', 'STARTTLS'] }) {}

  async start(): Promise<this> {
    this.server = new SMTPServer({
      authOptional: true,
      logger: false,
      closeTimeout: 50,
      ...this.options,
      onConnect: (session, callback) => {
        this.connections++;
        this.react(this.greetings.shift() ?? 'accept', session.id, callback);
      },
      onRcptTo: (_address, session, callback) => {
        this.react(this.recipients.shift() ?? 'accept', session.id, callback);
      },
      onAuth: ({ username = '', password = '' }, _session, callback) => {
        this.shown.push(`${username} ${password}`);
        if (password === 'pass:word/é') callback(null, { user: username });
        else callback(Object.assign(new Error('no such user'), { responseCode: 535 }));
      },
      onData: (stream, { id, envelope }, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const reaction = this.messages.shift() ?? 'accept';
          const to = envelope.rcptTo.map(({ address }) => address);
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          this.received.push({ from, to, ...read(Buffer.concat(chunks).toString('utf8')), reaction });
          this.react(reaction, id, callback);
        });
      },
    });
    this.server.on('error', () => undefined);
    // The library does not expose the socket of a session, except by its port.
    this.server.server.on('connection', (socket: Socket) =>
      this.sockets.set(String(socket.remotePort), socket),
    );
    await new Promise<void>((done) => this.server?.listen(this.port, '127.0.0.1', done));
    this.port = (this.server.server.address() as AddressInfo).port;
    return this;
  }

  url(credentials = '', scheme = 'smtp'): string {
    return `${scheme}://${credentials}127.0.0.1:${this.port}`;
  }

  /** The accepted messages. */
  get accepted(): ReceivedEmail[] {
    return this.received.filter(({ reaction }) => reaction === 'accept');
  }

  /** The recipients of the accepted messages, sorted. */
  get acceptedBy(): string[] {
    return this.accepted.flatMap(({ to }) => to).sort();
  }

  forget(): void {
    this.received.length = 0;
    this.connections = 0;
    [this.greetings, this.recipients, this.messages] = [[], [], []];
  }

  /** The server can be started again, on the same port. */
  async stop(): Promise<void> {
    for (const socket of this.sockets.values()) socket.destroy();
    this.sockets.clear();
    await new Promise<void>((done) => {
      if (this.server === undefined) done();
      else this.server.close(done);
    });
  }

  private react(reaction: Reaction, session: string, callback: (error?: Error | null) => void): void {
    if (reaction === 'accept') callback();
    if (reaction === 'drop') this.dropSession(session);
    if (typeof reaction === 'number')
      callback(Object.assign(new Error(`told to answer ${reaction}`), { responseCode: reaction }));
  }

  private dropSession(session: string): void {
    const connections = this.server?.connections as unknown as Set<{ id: string; _socket: Socket }>;
    for (const { id, _socket } of connections) if (id === session) _socket.destroy();
  }
}

function read(raw: string): Pick<ReceivedEmail, 'headers' | 'text' | 'raw'> {
  const end = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
      return [name.toLowerCase(), decodeWords(value)];
    }),
  );
  const body = raw.slice(end + 4);
  const encoding = headers.get('content-transfer-encoding');
  return { headers, raw, text: decodeBody(body, encoding).replaceAll('\r\n', '\n') };
}

function decodeBody(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? decodeQuoted(body.replace(/=\r\n/g, '')) : body;
}

/** Decodes encoded words of RFC 2047. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, form: string, text: string) =>
      form.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : decodeQuoted(text.replaceAll('_', ' ')),
    );
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
