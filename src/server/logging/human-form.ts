import { styleText } from 'node:util';

interface LogLine {
  level?: string;
  time?: string;
  msg?: string;
  context?: string;
  err?: { message?: string; stack?: string };
  [field: string]: unknown;
}

/** Fields that only programs need. */
const LEFT_OUT = new Set(['level', 'time', 'msg', 'context', 'err', 'pid', 'hostname']);
const COLOURS: Readonly<Record<string, 'yellow' | 'red' | 'dim'>> = {
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
  debug: 'dim',
  trace: 'dim',
};
const LEVEL_WIDTH = 5;

/**
 * A line of the log for the reader of a terminal: time, level, source and message, the fields as `name=value`, and the
 * stack of an error on lines of its own.
 */
export function humanForm(json: string, terminal: NodeJS.WritableStream): string {
  const line = JSON.parse(json) as LogLine;
  const { level = '', time = '', msg = '', context, err } = line;
  const colour = COLOURS[level];
  const label = level.toUpperCase().padEnd(LEVEL_WIDTH);
  const fields = Object.entries(line)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const head = [
    time,
    colour === undefined ? label : styleText(colour, label, { stream: terminal }),
    printable([...(context === undefined ? [] : [`${context}:`]), msg, ...fields].join(' ')),
  ].join(' ');
  const stack = err === undefined ? '' : `\n${printable(err.stack ?? err.message ?? '')}`;
  return `${head}${stack}\n`;
}

/** A message may quote what a client has sent: control characters would reach the terminal, which obeys them. */
function printable(text: string): string {
  return text.replaceAll(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
