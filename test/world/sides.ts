/** Both sides of a link to a role elsewhere, in memory: each role's ends of the rings, and the courier's. */
import type { CheckpointPosition } from '../../src/links/hello.js';
import { IncomingMirror, OutgoingMirror } from '../../src/links/mirror.js';
import { DATA_HEADER, RecordWriter } from '../../src/links/record.js';
import { RemoteLink } from '../../src/links/remote-link.js';
import {
  createDoorbell,
  createRingBuffer,
  Doorbell,
  RingReader,
  RingWriter,
} from '../../src/links/ring-buffer.js';
import type { Random } from './ring.js';
import { Wire } from './wire.js';

/** What the clock of all links says, in milliseconds. */
export const time = { now: 0 };

export interface SideOptions {
  readonly run?: string;
  readonly capacity?: number;
  readonly agreed?: Record<string, string>;
  readonly peer?: string;
  readonly checkpoints?: readonly CheckpointPosition[];
}

/** One role's side: its own ends of both rings, and the courier's. */
export function side(
  self: string,
  { run = self.charCodeAt(0).toString(16).repeat(16), ...options }: SideOptions = {},
) {
  const { capacity = 256, agreed = { epochs: 'aa' }, peer = self === 'alice' ? 'bob' : 'alice' } = options;
  const { checkpoints = [] } = options;
  const [outgoing, incoming] = [createRingBuffer(capacity), createRingBuffer(capacity)];
  const [bell, courierBell] = [createDoorbell(), createDoorbell()];
  const changes: string[] = [];
  const link = new RemoteLink(
    {
      self,
      peer,
      outgoing: new OutgoingMirror(outgoing, bell),
      incoming: new IncomingMirror(incoming, bell),
      run,
      agreed,
      checkpoints,
      joinWithin: 600_000,
      heartbeat: 10_000,
      changed: ({ state }) => changes.push(state),
    },
    () => time.now,
  );
  const writer = new RingWriter(outgoing, new Doorbell(courierBell));
  const reader = new RingReader(incoming, new Doorbell(courierBell));
  return { link, writer, reader, changes, outgoing, incoming };
}

export type Side = ReturnType<typeof side>;

export function connect(a: Side, b: Side, random: Random | null = null): Wire {
  const wire = new Wire(random);
  a.link.attach(wire.a);
  b.link.attach(wire.b);
  return wire;
}

/** A data record of zeros. */
export function dataOf(position: number, length: number): Uint8Array {
  const writer = new RecordWriter(DATA_HEADER + length);
  writer.data(position, length);
  return writer.written;
}

export function run(wire: Wire): void {
  while (wire.move());
}
