/** The package's version, as package.json has it (test/version.test.ts): roles in different processes must have the same. */
export const VERSION = '0.1.0';
