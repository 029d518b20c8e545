/** Whatever stands between a supervisor and the service, no service is left behind: real processes, real signals. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { binary, spawnCli } from '../__fixtures__/cli.ts';
import { asOldNode, childrenOf, servingSettings, startProgram } from '../__fixtures__/process-tree.ts';

const skip = process.platform === 'linux' ? false : 'it reads /proc';
const serve = ['serve', '--development', '--config'];

function startLauncher() {
  return startProgram(process.execPath, [asOldNode, binary, ...serve, servingSettings()]);
}

test('the launcher of an older Node: kill -9 leaves no service behind', { skip }, async () => {
  const { child, ended, exit } = await startLauncher();
  assert.equal(childrenOf(child.pid).length, 1);
  child.kill('SIGKILL');
  assert.deepEqual(await exit, [null, 'SIGKILL']);
  await ended;
});

test('the launcher of an older Node: SIGTERM is the service’s, and so is its exit code', { skip }, async () => {
  const { child, ended, exit } = await startLauncher();
  child.kill('SIGTERM');
  assert.deepEqual(await exit, [0, null]);
  await ended;
});

test('the launcher of an older Node ends by the signal that ended the service', { skip }, async () => {
  const { child, exit } = await startLauncher();
  const [service] = childrenOf(child.pid);
  process.kill(service?.pid ?? assert.fail(), 'SIGKILL');
  assert.deepEqual(await exit, [null, 'SIGKILL']);
});

test('the launcher of an older Node ends with the exit code of the command', async () => {
  const { exitCode, stdout } = await spawnCli(['policy', 'check', '/nowhere'], { nodeOptions: [asOldNode] });
  assert.deepEqual([exitCode, stdout], [2, '']);
});

test('npm start: SIGTERM to npm, and kill -9 of npm, leave no service behind', { skip }, async () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const npm = await startProgram('npm', ['start', '--', '--development', '--config', servingSettings()]);
    npm.child.kill(signal);
    await npm.ended;
  }
});

test('npm start: no service is left behind when the shell that npm starts ends alone', { skip }, async () => {
  const npm = await startProgram('npm', ['start', '--', '--development', '--config', servingSettings()]);
  const [shell] = childrenOf(npm.child.pid);
  process.kill(shell?.pid ?? assert.fail(), 'SIGKILL');
  await npm.ended;
});

test('SIGHUP, passed on by the launcher, reads the settings anew or keeps the old ones and says why', {
  skip,
}, async () => {
  const settings = servingSettings({ log: { level: 'info' } });
  const { child, ended } = await startProgram(process.execPath, [asOldNode, binary, ...serve, settings]);
  const told = (message: string): Promise<void> =>
    new Promise((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.includes(message)) resolve();
      });
    });
  const changed: object = { ...JSON.parse(readFileSync(settings, 'utf8')), identity: { clockSkewSeconds: 5 } };
  const inForce = told('the configuration was reloaded');
  writeFileSync(settings, JSON.stringify(changed));
  child.kill('SIGHUP');
  await inForce;
  const refused = told('the new configuration is refused; the old one stays');
  writeFileSync(settings, '{');
  child.kill('SIGHUP');
  await refused;
  child.kill('SIGTERM');
  await ended;
});
