export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** By default the log of the demo, which is read on a terminal, has no line per response. */
export function logLevelOf(env: { LOG_LEVEL?: string; DATABASE_URL?: string }): string {
  return env.LOG_LEVEL ?? (env.DATABASE_URL === undefined ? 'warn' : 'info');
}
