/** Code in documents and examples: it has the right types, it runs and prints what it says, and its commands exist. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from './cli/run.js';
import { blocksOf, documents, fits, promised, root, textOf } from './world/documents.js';

const pathOf = (path: string): string => fileURLToPath(new URL(path, root));

const examples = readdirSync(new URL('examples/', root)).filter((name) => name.endsWith('.mjs'));

test('code in documents and examples has the right types', () => {
  // blocks are checked where they lie, so that the package finds itself
  const texts = new Map<string, string>();
  for (const name of examples) texts.set(pathOf(`examples/${name}`), textOf(`examples/${name}`));
  for (const path of documents) {
    const text = textOf(path);
    const scripts = blocksOf(text, 'html').flatMap((page) =>
      [...page.matchAll(/<script type="module">(.*?)<\/script>/gs)].map(([, code]) => code),
    );
    const programs = blocksOf(text, 'javascript').filter((code) => code.includes('import '));
    [...blocksOf(text, 'js'), ...programs, ...scripts].forEach((code, i) => {
      texts.set(pathOf(`examples/${path.replaceAll('/', '-')}-${i + 1}.mjs`), code);
    });
  }
  assert.ok(texts.size > 10);
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    strict: true,
    noImplicitAny: false, // of parameters, which have no types in JavaScript
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: ['node'],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const problems = ts.getPreEmitDiagnostics(program).map((problem) => {
    const line = problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0).line ?? 0;
    const message = ts.flattenDiagnosticMessageText(problem.messageText, ' ');
    return `${problem.file?.fileName.slice(pathOf('').length)}:${line + 1}: ${message}`;
  });
  assert.equal(problems, []);
});

/** Runs a program; what it prints is what its comments say. */
async function runs(script: string, code: string): Promise<void> {
  const ended = await runCli([], { script });
  assert.is(ended.code, 0, ended.stderr);
  const printed = ended.stdout.trimEnd().split('\n');
  const expected = promised(code);
  assert.ok(expected.length > 0);
  assert.is(printed.length, expected.length, ended.stdout);
  for (const [line, promise] of expected.entries()) {
    assert.ok(fits(printed[line], promise), `printed "${printed[line]}", promised "${promise}"`);
  }
}

for (const name of examples) {
  test(`examples/${name} runs and prints what it says`, () =>
    runs(pathOf(`examples/${name}`), textOf(`examples/${name}`)));
}

// those of the README run in test/cli/readme.test.ts
for (const path of documents.filter((path) => path !== 'README.md')) {
  blocksOf(textOf(path), 'js').forEach((code, i) => {
    test(`example ${i + 1} of ${path} runs and prints what it says`, async () => {
      const script = fileURLToPath(new URL(`./${path.replaceAll('/', '-')}-${i + 1}.mjs`, import.meta.url));
      writeFileSync(script, code);
      try {
        await runs(script, code);
      } finally {
        rmSync(script);
      }
    });
  });
}

/** A block as the module that it is; what it exports. */
const loaded = async (code: string) =>
  (await import(`data:text/javascript,${encodeURIComponent(code)}`)).default;

test('settings for servers and bundlers can be read, and are those of the example', async () => {
  for (const path of documents) {
    const text = textOf(path);
    for (const block of blocksOf(text, 'json')) JSON.parse(block);
    for (const code of blocksOf(text, 'javascript')) {
      const { diagnostics = [] } = ts.transpileModule(code, { reportDiagnostics: true });
      assert.equal([code, diagnostics.map(({ messageText }) => messageText)], [code, []]);
    }
  }
  const configurations = blocksOf(textOf('docs/isolation.md'), 'javascript').filter((code) =>
    code.includes('export default'),
  );
  const [vite, webpack] = await Promise.all(configurations.map(loaded));
  const { default: example } = await import(new URL('examples/browser/vite.config.js', root).href);
  assert.equal({ ...vite, build: example.build }, example);
  assert.equal(webpack.devServer.headers, example.server.headers);
});

test('the lines for Express set the same headers, before files are served', () => {
  const code = blocksOf(textOf('docs/isolation.md'), 'javascript').find((block) => block.includes('express'));
  const used: unknown[] = [];
  const fake = { static: (folder: string) => folder };
  new Function('app', 'express', code ?? '')({ use: (what: unknown) => used.push(what) }, fake);
  const [middleware, files] = used as [(request: null, response: object, next: () => void) => void, string];
  let [headers, passed]: [unknown, boolean] = [null, false];
  middleware(
    null,
    {
      set: (all: object) => {
        headers = all;
      },
    },
    () => {
      passed = true;
    },
  );
  const wanted = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  assert.equal([headers, passed, files], [wanted, true, 'dist']);
});

/** The lines of a shell block that call our command: what comes after its name. */
const callsOf = (block: string): string[][] =>
  [...block.matchAll(/(?:^|&&|;)\s*(?:npx beaverdam|npm run -s beaverdam --|beaverdam) ([^#&;|>\n]*)/gm)].map(
    ([, words]) => words.trim().split(/\s+/),
  );

for (const path of documents) {
  const shell = blocksOf(textOf(path), 'sh');
  if (shell.length === 0) continue;

  test(`the shell blocks of ${path} are shell, and call commands and options that there are`, async () => {
    for (const block of shell) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input: block, encoding: 'utf8' });
      assert.is(status, 0, stderr);
      for (const words of callsOf(block)) {
        // up to three words name a command, the others are its arguments
        const named = words.slice(0, words[0] === 'job' ? (words[1] === 'init' ? 3 : 2) : 1);
        const help = await runCli([...named, '--help']);
        assert.is(help.code, 0, `${words.join(' ')}: ${help.stderr}`);
        for (const option of words.filter((word) => word.startsWith('--'))) {
          assert.match(help.stdout, new RegExp(`^  ${option}\\b`, 'm'), `${words.join(' ')}: ${option}`);
        }
      }
    }
  });
}

test('links of documents to files lead somewhere', () => {
  for (const path of [...documents, 'CONTRIBUTING.md', 'ARCHITECTURE.md']) {
    for (const [, target] of textOf(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#]+)[^)]*\)/g)) {
      assert.ok(
        ts.sys.fileExists(pathOf(resolveFrom(path, target))) ||
          ts.sys.directoryExists(pathOf(resolveFrom(path, target))),
        `${path}: ${target}`,
      );
    }
  }
});

/** A link's target as a path in the project. */
function resolveFrom(path: string, target: string): string {
  return new URL(target, new URL(path, root)).href.slice(root.href.length);
}

test.run();
