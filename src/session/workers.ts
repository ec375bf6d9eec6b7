/** The workers of the roles that are here. */
import { cores as hostCores } from '#host';
import { canAwait, lackOfSharedMemory, startAwaiting, startClient, startRole, startTape } from '#threads';
import { startHelpers } from '../../bindings/helpers.js';
import type { HostWorker } from '../../bindings/host/types.js';
import { JobError, reasonOf } from '../errors.js';
import { agreementOf, clientsOf, PROTOCOL, rolesOf } from '../party/agreement.js';
import type { RoleBoot } from '../role/boot.js';
import type { InTurnBoot } from '../role/roles-in-turn.js';
import { kernelsOf, type WorkerUrls, workerUrlOf } from './assets.js';
import { digestOf } from './digest.js';
import { canKeepLinks, keepsLinks, leavesOpen, type Mode } from './mode.js';
import { checkKeys, type NetworkOptions } from './network.js';
import { resolveOptions, type SessionOptions, type Settings } from './options.js';
import { isByPorts, type PortsOptions } from './ports.js';
import { callsOf, type RoleHandle } from './role-handle.js';
import type { Testing } from './testing.js';
import { apartFromRoles, awaitingBoot, bootRecords, createWiring, leave, wipe } from './wiring.js';

/** What a session is made of. */
interface Started {
  readonly settings: Settings;
  readonly roles: readonly RoleHandle[];
  readonly boots: readonly RoleBoot[];
  /** How roles elsewhere are reached; null where there are none, or by shared memory. */
  readonly network: NetworkOptions | PortsOptions | null;
}

/**
 * Looks whether a session could be started, as far as that can be seen here: options, keys, tape. Nothing is started or marked.
 * @throws TypeError, RangeError or JobError as `createSession`
 */
export async function checkSession(options: SessionOptions): Promise<void> {
  const settings = resolveOptions(options, 1);
  if (options.tape) {
    const { findTape } = await import('./tape-boots.js');
    findTape(options.tape, settings, settings.here);
  }
  if (options.network && !isByPorts(options.network)) await checkKeys(options.network);
}

/**
 * Starts one worker for each role that is here. Where one cannot be started, none is left.
 * @throws TypeError or RangeError for options that make no sense, JobError where roles elsewhere cannot be reached
 */
export async function startWorkers(options: SessionOptions, testing: Testing): Promise<Started> {
  const asked = resolveOptions(options, hostCores());
  const mode = modeFor(options, asked);
  const resolved = mode === asked.mode ? asked : resolveOptions({ ...options, mode }, 0);
  const named = { ...resolved, leastRows: testing.leastRows ?? resolved.leastRows };
  const tapes = options.tape || options.deal ? await import('./tape-boots.js') : null;
  const tape = options.tape && tapes ? tapes.findTape(options.tape, named, resolved.here) : null;
  const settings = { ...named, ...(tape && { tape: tape.id }) };
  const agreement = agreementOf(settings);
  const { here, threads, timeout, linkBytes, profile, discloses } = settings;
  const local = { here, threads, timeout, linkBytes, profile, discloses };
  if (mode !== 'parallel') return startInTurn(options, testing, settings, { agreement, local });
  const { network } = options;
  const alone = canAwait && network && !isByPorts(network) && !testing.wiring;
  if (alone && canKeepLinks(options, here, settings.parties) && (testing.ownLinks ?? keepsLinks(options))) {
    return startOwn(options, testing, settings, { agreement, local: { ...local, threads: 0 } });
  }
  const wiring = testing.wiring ?? createWiring(agreement, linkBytes, options.deal ? [] : network && here);
  const module = await kernelsOf(options);
  const digest = await digestOf([PROTOCOL, agreement]);
  const patient = network !== undefined && !testing.wiring;
  const rest = { digest, module, testing: testing.settings(rolesIn(agreement)), patient };
  const records = () => bootRecords(agreement, local, wiring, rest);
  const { boots, player } = !tapes
    ? { boots: records(), player: null }
    : options.deal
      ? { boots: [await tapes.bootOfDealer({ agreement, local, ...rest }, options.deal)], player: null }
      : tapes.withTape(records(), tape?.place ?? null);
  const apart = boots.some(({ elsewhere }) => elsewhere.length > 0);
  if (apart && !testing.wiring && !network) {
    throw new JobError(
      'createSession: roles that are not here need the option `network`, which says how to reach them',
    );
  }
  const clients = clientsOf(agreement);
  const at = (kind: keyof WorkerUrls) => workerUrlOf(options, kind);
  const started: HostWorker[] = [];
  try {
    const roles = boots.map((boot): RoleHandle => {
      const { name, memory } = boot;
      const helpers = clients.includes(name)
        ? []
        : startHelpers(threads, { module, memory }, name, 0, at('helper'));
      started.push(...helpers);
      const worker = clients.includes(name)
        ? startClient(boot, name, at('client'))
        : startRole(boot, name, at('role'));
      started.push(worker);
      return { name, worker, helpers, api: callsOf(worker) };
    });
    if (player) {
      const worker = startTape(player, player.name);
      started.push(worker);
      roles.push({
        name: player.name,
        worker,
        helpers: [],
        api: callsOf(worker),
        aside: true,
      });
    }
    const linked = apart && network && !testing.wiring ? network : null;
    return { settings, roles, boots, network: linked };
  } catch (error) {
    await Promise.allSettled(started.map((worker) => worker.stop()));
    leave(boots, reasonOf(error));
    wipe(boots);
    throw error;
  }
}

/** How many roles there are, the provider too where a tape stands for it. */
const rolesIn = ({ parties, provider, owner, clients = [] }: RoleBoot['agreement']): number =>
  rolesOf({ parties, provider, owner, clients }).length;

/** Starts the thread of the roles that take turns, and that of the provider where it has its own. */
async function startInTurn(
  options: SessionOptions,
  testing: Testing,
  settings: Settings,
  { agreement, local }: Pick<RoleBoot, 'agreement' | 'local'>,
): Promise<Started> {
  const { inWorker } = await import('./in-turn.js');
  const rest = { testing: testing.settings(rolesIn(agreement)), module: await kernelsOf(options) };
  const start = (boot: InTurnBoot) =>
    testing.inTurn?.(boot) ?? inWorker(boot, workerUrlOf(options, 'inTurn'));
  if (settings.mode === 'in-turn') {
    return { settings, roles: start({ agreement, local, ...rest }), boots: [], network: null };
  }
  const { boot, apart } = apartFromRoles(agreement, local, { ...rest, digest: null, patient: false });
  const worker = startRole(boot, boot.name, workerUrlOf(options, 'role'));
  try {
    const roles = start({ agreement, local, ...rest, apart });
    const provider = { name: boot.name, worker, helpers: [], api: callsOf(worker) };
    roles.splice(agreement.parties.length, 0, provider); // in the order of rolesOf
    return { settings, roles, boots: [boot], network: null };
  } catch (error) {
    await worker.stop();
    wipe([boot]);
    throw error;
  }
}

/** Starts the thread of a party that keeps its links itself. */
async function startOwn(
  options: SessionOptions,
  testing: Testing,
  settings: Settings,
  { agreement, local }: Pick<RoleBoot, 'agreement' | 'local'>,
): Promise<Started> {
  const [name] = local.here;
  const digest = await digestOf([PROTOCOL, agreement]);
  const rest = { digest, module: await kernelsOf(options), testing: testing.settings(rolesIn(agreement)) };
  const boot = awaitingBoot(name, agreement, local, rest);
  const own = startAwaiting(boot, name);
  const worker = { onFailure: own.onFailure, kill: own.kill, stop: async () => {} };
  const role = { name, worker, own, helpers: [], api: callsOf(own) };
  return { settings, roles: [role], boots: [boot], network: options.network ?? null };
}

/** Whether the page has been told. */
let warned = false;

/**
 * The mode that is asked for or usual, or what can be had in its place.
 * @throws JobError for a page without shared memory that asks for what needs it
 */
function modeFor(options: SessionOptions, { here, mode, ...named }: Settings): Mode {
  const lack = mode === 'in-turn' ? null : lackOfSharedMemory();
  if (lack === null) return mode;
  if (options.mode || here.length < rolesOf(named).length || !leavesOpen(options)) {
    throw new JobError(`createSession: ${lack}`);
  }
  if (!warned) console.warn(`beaverdam: all roles take turns in one thread: ${lack}`);
  warned = true;
  return 'in-turn';
}
