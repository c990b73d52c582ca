import { Recurring } from '../../src/shared/recurring.js';
import { Money } from './money.js';
import { Post } from './post.js';
import { createWorld, type World } from './world.js';

export interface QuietWorld {
  world: World;
  money: Money;
  post: Post;
}

/** A world whose rounds do not run in the background: the tests call them by `post`. */
export async function createQuietWorld(variables: Record<string, string> = {}): Promise<QuietWorld> {
  jest.spyOn(Recurring.prototype, 'start').mockReturnValue(undefined);
  const world = await createWorld(variables);
  return { world, money: new Money(world), post: new Post(world.app) };
}
