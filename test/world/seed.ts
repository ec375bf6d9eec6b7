/** The seed of a test's random numbers. Set TEST_SEED to another integer to vary or to repeat a run. */
export const seed = Number(process.env.TEST_SEED ?? 1);

// the runner shows the output of a file in which something failed
console.log(`TEST_SEED=${seed}`);
