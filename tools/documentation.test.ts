/** Checks the documentation against the code: commands with their options, scripts, links, paths, the drawing of the packages, the README's settings. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runCli } from '../packages/cli/src/__fixtures__/cli.ts';
import { loadConfig } from '../packages/service/src/config/load.ts';

const root = join(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md', '.github/**/*.md'], { cwd: root });
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The command lines of `atesto` in code blocks and code spans, continued lines joined. */
function commandsIn(text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  const inBlocks = lines.flatMap(
    (line) => /^(?: {4})?(?:npx )?atesto (?<command>[a-z].*)$/.exec(line)?.groups?.command ?? [],
  );
  const inSpans = [...text.matchAll(/`(?:npx )?atesto (?<command>[a-z][^`]*)`/g)].flatMap(
    (span) => span.groups?.command ?? [],
  );
  return [...inBlocks, ...inSpans];
}

describe('commands', () => {
  const commands = new Set(pages.flatMap((page) => commandsIn(textOf(page))));
  for (const command of commands) {
    test(`atesto ${command}: the command exists and has every option that the documentation uses`, async () => {
      const words = command.split(/\s+#/)[0]?.split(/\s+/) ?? [];
      const end = words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith('-'));
      const path = words.slice(0, end < 0 ? undefined : end);
      const { stdout } = await runCli([...path, '--help']);
      // A group that does not have the command shows its own help.
      const isGroup = /^Usage: .* \[command\]$/m.test(stdout);
      assert.ok(stdout.startsWith(`Usage: atesto ${isGroup ? `${path.join(' ')} ` : path[0]}`), stdout);
      for (const option of command.match(/(?<= )--[a-z-]+/g) ?? []) assert.ok(stdout.includes(option), option);
    });
  }
});

test('every script that the documentation runs is in package.json', () => {
  const { scripts } = JSON.parse(textOf('package.json'));
  for (const page of pages) {
    for (const [, script = ''] of textOf(page).matchAll(/npm run ([a-z:-]+)/g)) {
      assert.ok(Object.hasOwn(scripts, script), `${page}: npm run ${script}`);
    }
  }
});

/** The anchor that a heading gets. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

test('every relative link leads to a file, and to a heading in it', () => {
  for (const page of pages) {
    for (const [, path = '', anchor] of textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
      const target = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(root, target)), `${page}: ${path}`);
      if (anchor === undefined) continue;
      const anchors = [...textOf(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
      assert.ok(anchors.includes(anchor), `${page}: ${path}#${anchor}`);
    }
  }
});

const withoutOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'SKIPPED: openssl is not installed';

test('the service accepts the production settings of the README, with the keys that the README makes', {
  skip: withoutOpenssl,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'atesto-readme-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const readme = textOf('README.md');
  const settings = /^```json\n(.*?)^```$/ms.exec(readme)?.[1] ?? '';
  const commands = /^ {4}(\(umask.*)\n {4}(chmod .*)$/m.exec(readme)?.slice(1) ?? [];
  for (const name of ['tls.key', 'tls.pem']) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, 'collateral'));
  for (const command of commands) assert.equal(spawnSync('bash', ['-ec', command], { cwd: folder }).status, 0, command);
  writeFileSync(join(folder, 'atesto.json'), settings);
  const { environment, baseUri, listen } = loadConfig({ file: join(folder, 'atesto.json') });
  assert.deepEqual([environment, baseUri, listen.port], ['production', 'https://attest.example.org', 443]);
});

test('the drawing of the packages has the imports that the manifests declare', () => {
  const declared = globSync('packages/*/package.json', { cwd: root }).flatMap((manifest) => {
    const { dependencies = {} }: { dependencies?: object } = JSON.parse(textOf(manifest));
    const own = Object.keys(dependencies).filter((name) => name.startsWith('@atesto/'));
    return own.map((name) => `${basename(dirname(manifest))} --> ${name.slice('@atesto/'.length)}`);
  });
  const [drawing = ''] = /^```mermaid\nflowchart.*?^```$/ms.exec(textOf('docs/architecture.md')) ?? [];
  const drawn = [...drawing.matchAll(/^ {4}(\S+ --> \S+)$/gm)].map(([, arrow = '']) => arrow);
  assert.deepEqual(drawn.toSorted(), declared.toSorted());
});

test('every path that the documentation names exists', () => {
  for (const page of pages.filter((name) => name !== 'CHANGELOG.md')) {
    for (const [, path = ''] of textOf(page).matchAll(
      /`((?:packages|fuzz|bench|tools|docs|\.ci|\.github)\/[\w./-]+)`/g,
    )) {
      assert.ok(existsSync(join(root, path)), `${page}: ${path}`);
    }
  }
});

test('every test that the threat model names exists', () => {
  for (const [, path = ''] of textOf('docs/threat-model.md').matchAll(/`([^`\s]+\/[^`\s]+\.ts)`/g)) {
    const found = globSync([`packages/${path}`, `packages/service/src/${path}`], { cwd: root });
    assert.notEqual(found.length, 0, path);
  }
});
