import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testVariables } from './test-environment.js';

export interface AppProcess {
  /** `http://127.0.0.1:<port>` */
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts the built app as a separate process on the given database, like a second server of an installation.
 * @param variables override those of `testVariables`
 */
export async function startAppProcess(
  databaseUrl: string,
  variables: Record<string, string> = {},
): Promise<AppProcess> {
  const child = spawn(process.execPath, [join(__dirname, '../../dist/main.js')], {
    env: { PATH: process.env.PATH, PORT: '0', ...testVariables(databaseUrl), ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await announcedUrl(child);
  return {
    url,
    process: child,
    stop: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

async function announcedUrl(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk);
    const url = /ready on (http:\/\/[^\s\"]+)/.exec(printed)?.[1];
    if (url !== undefined) {
      // Nothing reads further output; an unread pipe would fill up and block the app.
      child.stdout?.resume();
      return url;
    }
  }
  throw new Error(`the app ended before it was ready:\n${printed}`);
}
