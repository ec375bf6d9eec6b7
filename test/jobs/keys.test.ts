/** Keys that roles make: what they say, and that Node takes them for TLS 1.3 and for X25519. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeKeys, type RoleKeys } from '../../src/jobs/keys.js';
import { FINGERPRINT } from '../../src/session/network.js';
import { PUBLIC_KEY } from '../../src/tape/keys.js';

const plain = (colons: string): string => `sha256:${colons.replaceAll(':', '').toLowerCase()}`;

test('a certificate says the name, and Node has the same fingerprint', async () => {
  for (const name of ['alice', 'Zoë & Söhne, "O=x"', '日本', '#4142', 'n'.repeat(100)]) {
    const { certificate, key, fingerprint } = await makeKeys(name);
    const read = new X509Certificate(certificate);
    assert.match(fingerprint, FINGERPRINT);
    assert.is(plain(read.fingerprint256), fingerprint);
    assert.is(read.toLegacyObject().subject.CN, name);
    assert.is(read.issuer, read.subject);
    assert.ok(read.verify(read.publicKey), 'signed by its own key');
    assert.ok(read.checkPrivateKey(createPrivateKey(key)), 'with the private key beside it');
    assert.is(read.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    const years = (Date.parse(read.validTo) - Date.parse(read.validFrom)) / (365.25 * 24 * 3600 * 1000);
    assert.ok(Math.abs(years - 10) < 0.01 && Date.parse(read.validFrom) <= Date.now(), read.validFrom);
  }
});

test('no two roles get the same, not even of one name', async () => {
  const both = await Promise.all([makeKeys('alice'), makeKeys('alice')]);
  const serials = both.map(({ certificate }) => new X509Certificate(certificate).serialNumber);
  assert.is.not(serials[0], serials[1]);
  assert.ok(serials.every((serial) => serial.length >= 24));
  assert.is.not(both[0].fingerprint, both[1].fingerprint);
  assert.is.not(both[0].key, both[1].key);
  assert.is.not(both[0].sealing.publicKey, both[1].sealing.publicKey);
});

test('both ends of a TLS 1.3 connection can have such certificates', async () => {
  const [server, client] = await Promise.all([makeKeys('alice'), makeKeys('bob')]);
  const tls = ({ certificate, key }: RoleKeys) =>
    ({ cert: certificate, key, rejectUnauthorized: false, minVersion: 'TLSv1.3' }) as const;
  const listener = createServer({ ...tls(server), requestCert: true }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const accepted = once(listener, 'secureConnection');
  const dialled = connect({ ...tls(client), host: '127.0.0.1', port, checkServerIdentity: () => undefined });
  const [[there]] = await Promise.all([accepted as Promise<[TLSSocket]>, once(dialled, 'secureConnect')]);
  assert.is(plain(String(dialled.getPeerX509Certificate()?.fingerprint256)), server.fingerprint);
  assert.is(plain(String(there.getPeerX509Certificate()?.fingerprint256)), client.fingerprint);
  assert.is(dialled.getProtocol(), 'TLSv1.3');
  dialled.end('hello');
  const [bytes] = await once(there, 'data');
  assert.is(String(bytes), 'hello');
  there.end();
  listener.close();
  await once(listener, 'close');
});

test('a key for sealing is X25519, its public half written as 64 digits', async () => {
  const { publicKey, privateKey } = (await makeKeys('alice')).sealing;
  assert.match(publicKey, PUBLIC_KEY);
  const read = createPrivateKey(privateKey);
  assert.is(read.asymmetricKeyType, 'x25519');
  const { x } = createPublicKey(read).export({ format: 'jwk' });
  assert.is(`x25519:${Buffer.from(String(x), 'base64url').toString('hex')}`, publicKey);
});

test('a name that no role can have is refused', async () => {
  const refused = (name: unknown) => makeKeys(name as string).catch((error: Error) => error);
  assert.instance(await refused(7), TypeError);
  assert.instance(await refused(' '), TypeError);
  for (const name of ['n'.repeat(101), 'a\nb']) {
    const error = await refused(name);
    assert.instance(error, RangeError);
    assert.match(String(error), /makeKeys: the name of the role has/);
  }
});

test.run();
