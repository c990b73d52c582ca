import type { IncomingMessage, ServerResponse } from 'node:http';

/** Below what anybody who does as Retry-After says would notice. */
const PAUSE_MS = 200;

/**
 * Reads nothing from the connection for a moment, once the answer is out. Whoever tries again at once, as often as
 * answers come, would otherwise take most of the processor for being refused.
 */
export function pauseAfter({ socket }: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    // The rest of a body that nobody reads sets the connection going again first.
    setImmediate(() => {
      socket.pause();
      setTimeout(() => socket.resume(), PAUSE_MS).unref();
    });
  });
}
