/** Exit codes of a start that failed, as in `sysexits.h`. */
export const START_EXIT = {
  /** Anything else; the stack is printed. */
  unexpected: 1,
  unavailable: 69,
  noFile: 73,
  ioError: 74,
  noPermission: 77,
  configuration: 78,
} as const;
