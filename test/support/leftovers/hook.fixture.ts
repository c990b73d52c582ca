import { hangInHook } from './hang-in-hook.js';

beforeAll(hangInHook);

it('is not reached', () => undefined);
