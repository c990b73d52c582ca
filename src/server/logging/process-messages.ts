import type { Log } from './log.js';

/** Writes what Node would print by itself to the log: its warnings, and the error that ends the process. */
export function logProcessMessages(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', (err) => {
    log.warn({ context: 'Node', err }, err.message);
  });
  process.on('uncaughtException', (err) => {
    log.fatal({ context: 'Node', err }, 'an error that nothing handles ends the process');
    process.exit(1);
  });
}
