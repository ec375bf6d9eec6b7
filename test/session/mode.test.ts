/** Which mode a session takes when none is asked for. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense, sgd } from '../../src/model/describe.js';
import { canKeepLinks, keepsLinks } from '../../src/session/mode.js';
import { resolveOptions, type SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession } from '../../src/session/session.js';

/** A network [inputs] → [hidden] → [3]. */
function network(inputs: number, hidden: number) {
  const model = sequential([
    dense({ units: hidden, activation: 'relu', inputShape: [inputs] }),
    dense({ units: 3 }),
  ]);
  model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  return model;
}

const small = network(13, 16).summary({ ring: 32, batchSize: 8 });
const modeOf = (options: SessionOptions, cores: number) => resolveOptions(options, cores).mode;

test('parties take turns where there are fewer cores than roles that compute, all roles on one core', () => {
  assert.is(modeOf({ summary: small }, 1), 'in-turn');
  assert.is(modeOf({ summary: small }, 2), 'parties-in-turn');
  assert.is(modeOf({ summary: small }, 3), 'parallel');
  assert.is(modeOf({ summary: small, parties: ['a', 'b', 'c'] }, 3), 'parties-in-turn');
  assert.is(modeOf({ summary: small, parties: ['a', 'b', 'c'] }, 4), 'parallel');
  assert.is(modeOf({}, 1), 'parallel');
  assert.is(modeOf({}, 2), 'parallel');
});

test('very large steps have a thread a role', () => {
  const wide = (units: number) => network(784, units).summary({ ring: 32, batchSize: 128 });
  assert.is(modeOf({ ring: 32, summary: wide(64) }, 2), 'parties-in-turn');
  assert.is(modeOf({ ring: 32, summary: wide(1024) }, 2), 'parallel');
  assert.is(modeOf({ ring: 64, summary: wide(64) }, 2), 'parallel');
  const parties = ['a', 'b', 'c'];
  const three = network(784, 128).summary({ ring: 32, batchSize: 128, parties: 3 });
  assert.is(modeOf({ ring: 32, summary: three }, 2), 'parties-in-turn');
  assert.is(modeOf({ ring: 32, summary: three, parties }, 2), 'parallel');
});

test('a dry run tells of the steps too', async () => {
  const model = network(4, 8);
  const x = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
  const y = Float32Array.from({ length: 30 }, (_, i) => Number(i % 3 === 0));
  const dryRun = await model.dryRun(x, y, { batchSize: 5 });
  assert.equal(dryRun.chosen.step, model.summary({ ring: 32, batchSize: 5 }).step);
  assert.is(modeOf({ dryRun }, 2), 'parties-in-turn');
  assert.is(modeOf({ dryRun }, 8), 'parallel');
});

test('what one thread cannot do, and a mode that is asked for, decide first', () => {
  assert.is(modeOf({ summary: small, mode: 'parallel' }, 1), 'parallel');
  assert.is(modeOf({ mode: 'in-turn' }, 8), 'in-turn');
  assert.is(modeOf({ mode: 'parties-in-turn' }, 1), 'parties-in-turn');
  assert.is(modeOf({ summary: small, threads: 1 }, 1), 'parallel');
  assert.is(modeOf({ summary: small, profile: true }, 1), 'parallel');
  assert.is(modeOf({ summary: small, here: ['alice'] }, 1), 'parallel');
  const twice = ['alice', 'alice', 'bob', 'provider']; // as many names as there are roles, and no owner
  assert.is(modeOf({ summary: small, here: twice }, 1), 'parallel');
  for (const cores of [1, 2]) assert.is(resolveOptions({ summary: small }, cores).threads, 0);
});

test('a party that is alone keeps its links itself, where the messages of a step are short', () => {
  const parties = ['alice', 'bob'];
  assert.ok(canKeepLinks({ network: {} }, ['bob'], parties));
  for (const here of [['provider'], ['owner'], ['alice', 'bob'], ['alice', 'provider']]) {
    assert.not(canKeepLinks({ network: {} }, here, parties), `${here}`);
  }
  for (const taken of [{ tape: {} }, { deal: {} }, { threads: 1 }, { profile: true }]) {
    assert.not(canKeepLinks({ network: {}, ...taken }, ['bob'], parties), JSON.stringify(taken));
  }
  assert.ok(keepsLinks({ summary: small }));
  assert.not(keepsLinks({ summary: network(784, 1024).summary({ ring: 32, batchSize: 128 }) }));
  assert.not(keepsLinks({}), 'nothing is known of the steps');
});

test('what is no summary is refused', async () => {
  for (const summary of [{}, { step: {} }, 'small']) {
    const error = await createSession({ summary: summary as never }).then(String, String);
    assert.match(error, /createSession: summary must be what model.summary returns/);
  }
});

test.run();
