/** Checks of the option bags that users pass to builders. */

/** Throws TypeError for an option that `name` does not know: what is left after the known ones were taken out. */
export function refuseUnknown(name: string, rest: object): void {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new TypeError(`${name}: unknown option "${unknown}"`);
}

/** Runs a check and puts `name` before its message. */
export function checking<T>(name: string, value: T, check: (value: T) => void): T {
  try {
    check(value);
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
  return value;
}
