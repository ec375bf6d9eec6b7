/** Commands that wait for the roles: a batch goes to all of them at once, at the end of the current microtask or when asked. */
import type { AnyCommand, Command, CommandName, Payloads } from '../role/command.js';
import { isCommand } from '../role/command-groups.js';
import type { Progress } from '../role/context.js';
import type { Results } from '../role/roles.js';
import type { Turns } from './turns.js';

export interface Queued {
  readonly command: AnyCommand;
  /** Data for one role each, by role name. */
  readonly payloads: Readonly<Record<string, unknown>>;
  readonly resolve?: (results: Results<CommandName>) => void;
  readonly reject?: (error: unknown) => void;
  readonly report?: (progress: Progress) => void;
}

export class CommandQueue {
  readonly #hand: (batch: readonly Queued[]) => Promise<readonly Results<CommandName>[]>;
  readonly #turns: Pick<Turns, 'refusal'>;
  #queue: Queued[] = [];
  #scheduled = false;

  /** @param hand gives a batch to the roles; the results of each of its commands */
  constructor(
    hand: (batch: readonly Queued[]) => Promise<readonly Results<CommandName>[]>,
    turns: Pick<Turns, 'refusal'>,
  ) {
    this.#hand = hand;
    this.#turns = turns;
  }

  /** @throws TypeError for a command of a name that there is none of; the refusal */
  add(command: AnyCommand, payloads: Queued['payloads'] = {}): void {
    checkCommand(command);
    this.#add({ command, payloads });
  }

  /** See `Roles.call`. @throws TypeError as {@link add} */
  call<N extends CommandName>(
    command: Command<N>,
    payloads: Payloads<N>,
    report?: (progress: Progress) => void,
  ): Promise<Results<N>> {
    checkCommand(command);
    const results = new Promise<Results<N>>((resolve, reject) => {
      // the result of a command is the one that its name says
      const answer = resolve as (results: Results<CommandName>) => void;
      this.#add({ command, payloads, resolve: answer, reject, ...(report && { report }) });
    });
    results.catch(() => {});
    return results;
  }

  /** Hands over what has gathered. */
  flush(): void {
    this.#scheduled = false;
    if (this.#queue.length === 0) return;
    const batch = this.#queue;
    this.#queue = [];
    this.#hand(batch).then(
      (results) => {
        batch.forEach(({ resolve }, i) => {
          resolve?.(results[i]);
        });
      },
      (error) => {
        for (const { reject } of batch) reject?.(error);
      },
    );
  }

  #add(queued: Queued): void {
    const { refusal } = this.#turns;
    if (refusal) throw refusal;
    this.#queue.push(queued);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }
}

function checkCommand({ name }: AnyCommand): void {
  if (!isCommand(name)) throw new TypeError(`no command named ${JSON.stringify(name)}`);
}

/** What a batch does, for messages: 'share, relu, reveal'. */
export function namesOf(batch: readonly Queued[]): string {
  const names: string[] = [...new Set(batch.map(({ command }) => command.name))];
  return names.length > 4 ? `${names.slice(0, 2).join(', ')} … ${names[names.length - 1]}` : names.join(', ');
}
