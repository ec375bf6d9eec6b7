/** Where a session finds its workers and its kernels, where no bundler does: options of `createSession`. */
import { compileKernels, loadKernels, type WasmModule } from '../../bindings/module.js';
import { checkOptions, kindOf } from '../options.js';

/** A URL: an absolute one, or, in a page, one relative to the page. */
export type Location = string | { readonly href: string };

/** Where the workers' modules are, with all that they import; each by itself as in the package where it is not given. */
export interface WorkerUrls {
  /** `beaverdam/workers/role`: a party's worker, or the provider's. */
  readonly role?: Location;
  /** `beaverdam/workers/client`: the worker of a role that holds no share. */
  readonly client?: Location;
  /** `beaverdam/workers/helper`: a helper thread. */
  readonly helper?: Location;
  /** `beaverdam/workers/in-turn`: all roles, where they take turns. */
  readonly inTurn?: Location;
}

export interface AssetOptions {
  /** For whoever cannot have a bundler find the workers: where each kind is. */
  workerUrl?: WorkerUrls;
  /** Where the wasm file is, `beaverdam/kernels.wasm`. */
  wasmUrl?: Location;
  /** The wasm file compiled, a `WebAssembly.Module`, in place of `wasmUrl`. */
  wasmModule?: object;
}

const hrefOf = (name: string, url: unknown): string => {
  const href = typeof url === 'object' && url !== null ? (url as { href?: unknown }).href : url;
  if (typeof href === 'string' && href !== '') return href;
  throw new TypeError(`createSession: ${name} must be a URL, got ${kindOf(url)}`);
};

/** @throws TypeError for what are no URLs or no module */
export function checkAssets({ workerUrl, wasmUrl, wasmModule }: AssetOptions): void {
  if (workerUrl !== undefined) {
    checkOptions('createSession: workerUrl', workerUrl, ['role', 'client', 'helper', 'inTurn']);
    for (const [kind, url] of Object.entries(workerUrl))
      if (url !== undefined) hrefOf(`workerUrl.${kind}`, url);
  }
  if (wasmUrl !== undefined) hrefOf('wasmUrl', wasmUrl);
  if (wasmModule === undefined) return;
  if (wasmUrl !== undefined) throw new TypeError('createSession: wasmModule and wasmUrl are one too many');
  if (!(wasmModule instanceof WebAssembly.Module)) {
    throw new TypeError(`createSession: wasmModule must be a WebAssembly.Module, got ${kindOf(wasmModule)}`);
  }
}

/** The kernels of a session. */
export function kernelsOf({ wasmUrl, wasmModule }: AssetOptions): Promise<WasmModule> {
  if (wasmModule) return Promise.resolve(wasmModule);
  return wasmUrl === undefined ? loadKernels() : compileKernels(hrefOf('wasmUrl', wasmUrl));
}

/** Where a kind of worker is; undefined where a bundler, or Node, knows. */
export const workerUrlOf = ({ workerUrl }: AssetOptions, kind: keyof WorkerUrls): string | undefined => {
  const url = workerUrl?.[kind];
  return url === undefined ? undefined : hrefOf(kind, url);
};
