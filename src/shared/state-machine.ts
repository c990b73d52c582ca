import { AppError } from './app-error.js';

interface Edge<State extends string> {
  from: readonly State[];
  to: State;
  /**
   * Made by the bank itself, never by a caller: it is not listed among the allowed transitions, and no route accepts
   * it.
   */
  isAutomatic?: boolean;
}

/** Every transition with the states it starts from and the state it ends in; other transitions are forbidden. */
export type StateMachine<State extends string, Transition extends string> = Readonly<
  Record<Transition, Edge<State>>
>;

/** Details of `transition_not_allowed`: the state, and the transitions that it allows to callers. */
export interface StateRefusal {
  state: string;
  allowedActs: readonly string[];
}

/** The state that a transition leads to; `null` where it is forbidden. */
export function nextState<State extends string, Transition extends string>(
  machine: StateMachine<State, Transition>,
  state: State,
  transition: Transition,
): State | null {
  const { from, to } = machine[transition];
  return from.includes(state) ? to : null;
}

/** @throws AppError transition_not_allowed, with the state and the transitions that are allowed in it */
export function assertNextState<State extends string, Transition extends string>(
  machine: StateMachine<State, Transition>,
  state: State,
  transition: Transition,
): State {
  const next = nextState(machine, state, transition);
  if (next === null) throw new AppError('transition_not_allowed', refusalIn(machine, state));
  return next;
}

export function transitionsOf<State extends string, Transition extends string>(
  machine: StateMachine<State, Transition>,
): Transition[] {
  return Object.keys(machine) as Transition[];
}

export function refusalIn<State extends string, Transition extends string>(
  machine: StateMachine<State, Transition>,
  state: State,
): StateRefusal {
  return { state, allowedActs: transitionsIn(machine, state) };
}

/** The transitions that a state allows to callers. */
export function transitionsIn<State extends string, Transition extends string>(
  machine: StateMachine<State, Transition>,
  state: State,
): Transition[] {
  return transitionsOf(machine).filter(
    (transition) =>
      machine[transition].isAutomatic !== true && nextState(machine, state, transition) !== null,
  );
}

/** The machine as Markdown lines for an API description: `freeze: active, disabled → frozen`. */
export function describeMachine<State extends string, Transition extends string>(
  machine: StateMachine<State, Transition>,
): string {
  return transitionsOf(machine)
    .map(
      (transition) =>
        `- \`${transition}\`: ${machine[transition].from.join(', ')} → ${machine[transition].to}`,
    )
    .join('\n');
}
