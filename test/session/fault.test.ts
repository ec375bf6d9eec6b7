/** Who is at fault when several roles fail, and how each error names role and command. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError, ProtocolError, TimeoutError } from '../../src/errors.js';
import { atFault, errorOf } from '../../src/session/fault.js';

const waited = new TimeoutError('alice waited for bob for 0.3 s');
const broken = new ProtocolError('out of memory (bob, relu, operation 7)');

test('a role that only waited is not handed out as the one at fault', async () => {
  const later = new Promise((_, reject) => setTimeout(reject, 5, broken));
  assert.is(await atFault(waited, [Promise.reject(waited), later, new Promise(() => {})]), broken);
});

test('unless nothing else is heard of; any other error is handed out at once', async () => {
  assert.is(await atFault(waited, [Promise.reject(waited), new Promise(() => {})]), waited);
  assert.is(await atFault(broken, []), broken);
});

test('an error that does not say where it happened gets role and command', () => {
  const error = errorOf('bob', 'during share', new Error('could not be cloned'));
  assert.instance(error, JobError);
  assert.is(error.message, 'bob failed: could not be cloned (during share)');
  assert.is(errorOf('bob', 'during share', broken), broken);
});

test.run();
