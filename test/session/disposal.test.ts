/** `await using` closes a session, and its types do no harm where the compiler does not know the symbol. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession } from '../../src/session/session.js';
import { workersLeft } from '../world/workers.js';

test('await using closes the session, also when its block fails', async () => {
  const before = workersLeft();
  const work = async () => {
    await using session = await createSession({ threads: 0 });
    assert.is(workersLeft() - before, 4); // two parties, the provider, the owner
    const pending = session.share([1, 2]).mul(2).reveal();
    await pending;
    throw new RangeError('my own mistake');
  };
  assert.match(await work().catch((error: Error) => error.message), /my own mistake/);
  assert.is(workersLeft(), before);
});

/** What the compiler says of a user's program, and of the session's declarations. */
function diagnostics(source: string, lib: readonly string[]): string[] {
  const file = fileURLToPath(new URL('./user.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: lib.map((name) => `lib.${name}.d.ts`),
    types: [],
    strict: true,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, language, ...rest) =>
    name === file ? ts.createSourceFile(name, source, language) : getSourceFile(name, language, ...rest);
  const compiled = ts.createProgram([file], options, host);
  return compiled
    .getSourceFiles()
    .filter(
      ({ fileName }) =>
        fileName === file ||
        /(session\/(session|sequential|disposal)|tensor\/(tensor-handle|manners))\.d\.ts$/.test(fileName),
    )
    .flatMap((part) => [...compiled.getSyntacticDiagnostics(part), ...compiled.getSemanticDiagnostics(part)])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const using = (initializer: string) => `
  import { createSession } from '../../src/session/session.js';
  export async function work(): Promise<number> {
    ${initializer}
    const values = await session.share([1]).reveal();
    await session.close();
    return values[0];
  }`;

test('its types compile with and without the symbol in lib', () => {
  const plain = using('const session = await createSession();');
  assert.equal(diagnostics(plain, ['es2022', 'dom']), []);
  const disposing = using('await using session = await createSession();');
  assert.equal(diagnostics(disposing, ['es2022', 'dom', 'esnext.disposable']), []);
  assert.not.equal(diagnostics(disposing, ['es2022', 'dom']), []);
  const freeing = using('const session = await createSession(); using x = session.share([1]);');
  assert.equal(diagnostics(freeing, ['es2022', 'dom', 'esnext.disposable']), []);
  assert.not.equal(diagnostics(freeing, ['es2022', 'dom']), []);
});

test.run();
