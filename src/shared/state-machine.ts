import { AppError } from './app-error.js';

/** Every act with the states it starts from and the one it ends in. What is not named is forbidden. */
export type StateMachine<State extends string, Act extends string> = Readonly<
  Record<Act, { from: readonly State[]; to: State }>
>;

/** The state that an act leads to, or `null` where it is forbidden. */
export function nextState<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
  state: State,
  act: Act,
): State | null {
  const { from, to } = machine[act];
  return from.includes(state) ? to : null;
}

/** @throws AppError transition_not_allowed, with the state and the acts that are allowed in it */
export function assertNextState<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
  state: State,
  act: Act,
): State {
  const next = nextState(machine, state, act);
  if (next === null)
    throw new AppError('transition_not_allowed', { state, allowedActs: actsIn(machine, state) });
  return next;
}

export function actsOf<State extends string, Act extends string>(machine: StateMachine<State, Act>): Act[] {
  return Object.keys(machine) as Act[];
}

/** The acts that a state allows. */
export function actsIn<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
  state: State,
): Act[] {
  return actsOf(machine).filter((act) => nextState(machine, state, act) !== null);
}

/** The machine as lines for a description: `freeze: active, disabled → frozen`. */
export function describeMachine<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
): string {
  return actsOf(machine)
    .map((act) => `- \`${act}\`: ${machine[act].from.join(', ')} → ${machine[act].to}`)
    .join('\n');
}
