import { connect } from 'node:net';
import { observe } from './conformance/observe.js';

/**
 * Sends lines exactly as given, which a client library would correct, and returns status and body. A `Host` is added
 * when there is none.
 */
export async function sendRaw(
  url: string,
  lines: string[],
  body = '',
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const length = `content-length: ${Buffer.byteLength(body)}`;
  const host = lines.some((line) => /^host:/i.test(line)) ? [] : [`host: ${hostname}`];
  socket.write([...lines, ...host, 'connection: close', length, '', body].join('\r\n'));
  let received = '';
  for await (const chunk of socket) received += String(chunk);
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [method = '', target = ''] = (lines[0] ?? '').split(' ');
  const status = Number(head.split(' ')[1]);
  const text = rest.join('\r\n\r\n');
  observe({
    method,
    url: target,
    sent: headersOf(lines.slice(1)),
    payload: body,
    status,
    headers: headersOf(head.split('\r\n').slice(1)),
    text,
  });
  return { status, text };
}

/** Repeated headers are joined by a comma. */
function headersOf(lines: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const name = line.split(':', 1)[0]?.toLowerCase() ?? '';
    const value = line.slice(line.indexOf(':') + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
