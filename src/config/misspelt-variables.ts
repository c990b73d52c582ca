import { VARIABLE_NAMES } from './env.js';

/** A shorter name differs in one letter from names that have nothing to do with it, such as PORT and SORT. */
const MIN_WARNED_LENGTH = 6;

/** A warning for each variable of the environment that differs in one letter from an unset variable of Vostro. */
export function misspeltVariables(source: NodeJS.ProcessEnv): string[] {
  const unknown = Object.keys(source).filter((name) => !VARIABLE_NAMES.includes(name));
  return VARIABLE_NAMES.filter(
    (name) => source[name] === undefined && name.length >= MIN_WARNED_LENGTH,
  ).flatMap((name) =>
    unknown
      .filter((given) => isNearly(given.toUpperCase(), name))
      .map((given) => `${given} is set, but no variable of Vostro: is ${name} meant?`),
  );
}

/** Whether one letter is missing, too many or another one, or two neighbours are swapped. */
function isNearly(text: string, name: string): boolean {
  let start = 0;
  while (start < text.length && text[start] === name[start]) start++;
  const rest = (from: string, skip: number): string => from.slice(start + skip);
  return (
    rest(text, 1) === rest(name, 1) ||
    rest(text, 1) === rest(name, 0) ||
    rest(text, 0) === rest(name, 1) ||
    (rest(text, 2) === rest(name, 2) && text[start] === name[start + 1] && text[start + 1] === name[start])
  );
}
