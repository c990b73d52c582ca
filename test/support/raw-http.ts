import { connect } from 'node:net';

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
  return { status: Number(head.split(' ')[1]), text: rest.join('\r\n\r\n') };
}
