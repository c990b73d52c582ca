import { type FrontendMessage, queryMessage, textsOf } from './frontend-messages.js';

/** Statements that the server refuses. */
export interface FailingStatement {
  /** Statements that contain this text fail. */
  text: string;
  sqlState: string;
}

/**
 * Replaces statements of one connection by one that raises an error, so that the server itself answers with the error
 * and its transaction is aborted, as after any failed statement.
 */
export class FailingStatements {
  /** The texts of prepared statements, by name. */
  private readonly prepared = new Map<string, string>();
  /** The rest of a replaced statement, up to its Sync, is dropped. */
  private isDropping = false;

  /** @returns what the server receives in place of the message */
  replace(message: FrontendMessage, failing: FailingStatement | undefined): Buffer {
    if (this.isDropping) {
      this.isDropping = message.type !== 'S';
      return Buffer.alloc(0);
    }
    const text = this.textOf(message);
    if (failing === undefined || text === undefined || !text.includes(failing.text)) return message.bytes;
    this.isDropping = message.type === 'B';
    const raise = `RAISE EXCEPTION 'a planted fault' USING ERRCODE = '${failing.sqlState}'`;
    return queryMessage(`DO $$ BEGIN ${raise}; END $$`);
  }

  /** The text of the statement that a message executes. */
  private textOf(message: FrontendMessage): string | undefined {
    if (message.type === 'P') {
      const [name = '', text = ''] = textsOf(message, 2);
      this.prepared.set(name, text);
    }
    if (message.type === 'B') return this.prepared.get(textsOf(message, 2)[1] ?? '');
    return message.type === 'Q' ? textsOf(message, 1)[0] : undefined;
  }
}
