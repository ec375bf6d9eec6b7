/** What documents show: code in fences, and what it says that it prints. */
import { readdirSync, readFileSync } from 'node:fs';

export const root = new URL('../../../', import.meta.url);

/** The documents with code for users. */
export const documents = [
  'README.md',
  'SECURITY.md',
  'examples/README.md',
  ...readdirSync(new URL('docs/', root), { recursive: true })
    .map((name) => `docs/${String(name).replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.md')),
];

export const textOf = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The fenced blocks of a language. */
export const blocksOf = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , body]) => body);

/** What an example says that it prints: the comments behind its console.log lines. */
export const promised = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, comment]) => comment);

/** Whether a printed line is the promised one, in which … stands for any text. */
export function fits(printed: string, promise: string): boolean {
  const pattern = promise.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('.*')}$`).test(printed);
}
