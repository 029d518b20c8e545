/** Puts test files that can share a process into groups, so that what they import is loaded once for each group. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The packages whose files take longest, which are run first. */
const longest = ['packages/service/', 'packages/cli/'];

/** Packages whose files have a process each: tests of the store stop servers and let the event loop run empty. */
const ungrouped = ['packages/store/'];

/** How many files of a package share a process: more would leave a core without work at the end. */
const filesInGroup = 10;

/** Files of packages that need a process of their own, each with the reason. */
const isolated: Readonly<Record<string, string>> = {
  'packages/cli/src/commands/serve-processes.test.ts': 'it waits for processes that it starts, while others can run',
  'packages/evidence/src/intel/verification-cache.test.ts': 'it observes every Map of the process',
  'packages/policy/src/evaluate/hostile-policies.test.ts': 'it counts the Maps of the process',
  'packages/policy/src/evaluate/hostile.test.ts': 'it measures time',
  'packages/policy/src/jmespath/budget.test.ts': 'it measures time',
  'packages/relying-party/src/browser.test.ts': 'it starts a browser',
  'packages/service/src/keys/hsm/hsm.test.ts': 'it sets the environment that the library of the HSM reads once',
  'packages/service/src/keys/hsm/service.test.ts': 'it sets the environment that the library of the HSM reads once',
};

/** Files to run, and for each group the files that it imports. */
export interface TestGroups {
  readonly entries: readonly string[];
  readonly members: ReadonlyMap<string, readonly string[]>;
}

/** Groups files; `directory` takes the modules that import the files of a group. */
export function groupFiles(
  files: readonly string[],
  { directory, isFiltered }: { readonly directory: string; readonly isFiltered: boolean },
): TestGroups {
  const members = new Map<string, readonly string[]>();
  const grouped = new Set<string>();
  const folders = new Set([...longest, ...files.flatMap((file) => /^packages\/[^/]+\//.exec(file) ?? [])]);
  for (const folder of ungrouped) folders.delete(folder);
  for (const folder of folders) {
    const sharing = files.filter((file) => file.startsWith(folder) && !(file in isolated));
    for (let start = 0; start < sharing.length; start += filesInGroup) {
      const group = sharing.slice(start, start + filesInGroup);
      const entry = `${directory}/${folder.slice(0, -1).replaceAll('/', '-')}-${start / filesInGroup + 1}.mjs`;
      members.set(entry, group);
      for (const file of group) grouped.add(file);
      mkdirSync(dirname(entry), { recursive: true });
      writeFileSync(entry, moduleOf(group, isFiltered));
    }
  }
  return { entries: [...members.keys(), ...files.filter((file) => !grouped.has(file))], members };
}

/**
 * A module that runs the files one after the other, each as a suite, so that hooks of a file run with its tests; a file that cannot be loaded
 * does not hide the others. Tests are selected by name before a suite starts: then all files are loaded first, and suites have no name.
 */
function moduleOf(files: readonly string[], isFiltered: boolean): string {
  const suites = files.map((file) => [isFiltered ? '' : file, pathToFileURL(resolve(file)).href]);
  return `import { suite, test } from 'node:test';
// A test may wait for a timer that does not keep the process running: without this the loop would end before it.
const running = setInterval(() => {}, 2 ** 30);
for (const [name, url] of ${JSON.stringify(suites)}) {
  const load = async () => {
    try {
      await import(url);
    } catch (error) {
      test(url, () => Promise.reject(error));
    }
  };
  const file = suite(name, load);
  ${isFiltered ? '' : 'await file;'}
}
${isFiltered ? 'running.unref();' : 'clearInterval(running);'}
`;
}
