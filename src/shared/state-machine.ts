import { AppError } from './app-error.js';

interface Transition<State extends string> {
  from: readonly State[];
  to: State;
  /** The bank does it by itself: it is never offered, and no route takes it. */
  isAutomatic?: boolean;
}

/** Every act with the states it starts from and the one it ends in. What is not named is forbidden. */
export type StateMachine<State extends string, Act extends string> = Readonly<Record<Act, Transition<State>>>;

/** What a refusal tells: the state, and what a caller may do in it. */
export interface StateRefusal {
  state: string;
  allowedActs: readonly string[];
}

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
  if (next === null) throw new AppError('transition_not_allowed', refusalIn(machine, state));
  return next;
}

export function actsOf<State extends string, Act extends string>(machine: StateMachine<State, Act>): Act[] {
  return Object.keys(machine) as Act[];
}

export function refusalIn<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
  state: State,
): StateRefusal {
  return { state, allowedActs: actsIn(machine, state) };
}

/** The acts that a state allows to callers. */
export function actsIn<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
  state: State,
): Act[] {
  return actsOf(machine).filter(
    (act) => machine[act].isAutomatic !== true && nextState(machine, state, act) !== null,
  );
}

/** The machine as lines for a description: `freeze: active, disabled → frozen`. */
export function describeMachine<State extends string, Act extends string>(
  machine: StateMachine<State, Act>,
): string {
  return actsOf(machine)
    .map((act) => `- \`${act}\`: ${machine[act].from.join(', ')} → ${machine[act].to}`)
    .join('\n');
}
