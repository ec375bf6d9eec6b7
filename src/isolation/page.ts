/** The page, as far as it matters to what isolates it. */

/** What is asked of a page: properties of its window, which Node has not. */
export interface Page {
  readonly crossOriginIsolated: boolean;
  readonly isSecureContext: boolean;
  /** Whether the page lies in a frame of another one. */
  readonly framed: boolean;
  /** What relative URLs are relative to, and the page's own address. */
  readonly base: string;
  readonly address: string;
  /** Undefined where the browser has none. */
  readonly workers: Workers | undefined;
  /** What the page remembers over a reload. @throws Error where the browser keeps nothing */
  readonly memory: Memory;
  reload(): void;
}

/** A `Storage`, as far as it is used here. */
export interface Memory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A `ServiceWorkerContainer`, as far as it is used here. */
export interface Workers {
  getRegistration(): Promise<Registration | undefined>;
  register(url: string, options: { updateViaCache: 'none' }): Promise<Registration>;
}

export interface Registration {
  readonly scope: string;
  readonly active: Installed | null;
  readonly waiting: Installed | null;
  readonly installing: Installed | null;
}

export interface Installed {
  readonly scriptURL: string;
  readonly state: string;
  addEventListener(type: 'statechange', listener: () => void): void;
}

/** The page that this runs in. */
export function pageHere(): Page {
  if (typeof document === 'undefined') throw new Error('isolate: is for pages, and this is none');
  return {
    crossOriginIsolated: globalThis.crossOriginIsolated,
    isSecureContext: globalThis.isSecureContext,
    framed: globalThis.self !== globalThis.top,
    base: document.baseURI,
    address: globalThis.location.href,
    workers: navigator.serviceWorker,
    get memory() {
      return globalThis.sessionStorage;
    },
    reload: () => globalThis.location.reload(),
  };
}
