import type { ArgumentsHost } from '@nestjs/common';
import { ResponseFilter } from '../../src/http/response.filter.js';
import type { ErrorRenderer } from '../../src/http/error-renderer.js';
import type { SecurityEvents } from '../../src/http/security-events.service.js';

describe('The response filter', () => {
  it('passes its own failure to the server instead of rejecting, which would end the process', async () => {
    const fault = new Error('cannot be rendered');
    const renderer = {
      render: () => {
        throw fault;
      },
    } as unknown as ErrorRenderer;
    const sent: unknown[] = [];
    const reply = { send: (payload: unknown) => sent.push(payload) };
    const host = {
      switchToHttp: () => ({ getRequest: () => ({}), getResponse: () => reply }),
    } as unknown as ArgumentsHost;
    const events = { note: () => Promise.resolve() } as unknown as SecurityEvents;
    await new ResponseFilter(renderer, events).catch(new Error('a refusal'), host);
    expect(sent).toEqual([fault]);
  });
});
