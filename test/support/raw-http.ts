import { connect } from 'node:net';
import { observe } from './conformance/observe.js';

/** Sends lines exactly as given, for what a client library would mend, and returns status and body. */
export async function sendRaw(
  url: string,
  lines: string[],
  body = '',
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const length = `content-length: ${Buffer.byteLength(body)}`;
  socket.write([...lines, `host: ${hostname}`, 'connection: close', length, '', body].join('\r\n'));
  let received = '';
  for await (const chunk of socket) received += String(chunk);
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [method = '', target = ''] = (lines[0] ?? '').split(' ');
  const status = Number(head.split(' ')[1]);
  const text = rest.join('\r\n\r\n');
  observe({
    ...{ method, url: target, sent: headersOf(lines.slice(1)), payload: body },
    ...{ status, headers: headersOf(head.split('\r\n').slice(1)), text },
  });
  return { status, text };
}

function headersOf(lines: string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [
      line.split(':', 1)[0]?.toLowerCase() ?? '',
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}
