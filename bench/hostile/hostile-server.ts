/**
 * The service under attack, as a process of the benchmark, with its default limits. Answers `target` and `peak`. Arguments: the directory of the
 * workload, how many audit entries to begin with, and `token` where attest calls need one.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { development } from '@atesto/development';
import { type RunningService, startService } from '@atesto/service';
import { openStore } from '@atesto/store';
import { answerMessages } from '../service/process.ts';
import { readWorkload } from '../service/workload.ts';
import type { Target } from './attack.ts';
import { fillAudit } from './fill-audit.ts';

const [directory = '', auditEntries = '0', requirement = ''] = process.argv.slice(2);
const { collateral, at, trustAnchors, quote } = readWorkload(directory);
const stateDirectory = join(directory, `state-${process.pid}`);
mkdirSync(stateDirectory, { mode: 0o700 });
const store = await openStore({
  kind: 'sqlite',
  path: join(stateDirectory, 'store.sqlite'),
  integrityKey: new Uint8Array(32).fill(7),
});
await fillAudit(store, Number(auditEntries), at);
const service = await startService(
  {
    environment: 'development',
    stateDirectory,
    log: { level: 'silent' },
    listen: { port: 0 },
    identity: { requireAccessToken: requirement === 'token' },
    developmentIdentity: { enabled: true, port: 0 },
    provider: { trustAnchors: [...trustAnchors] },
  },
  {
    development,
    // As at the time at which the quote is good, and moving on.
    clock: () => new Date(at.getTime() + performance.now()),
    store,
    intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) },
  },
);
const { url, caFile = '' } = service;
const target: Target = { url, caFile, quote, accessToken: await accessTokenFrom(service) };
answerMessages(
  (message) => (message === 'peak' ? { bytes: process.resourceUsage().maxRSS * 1024 } : target),
  () => void service.close().then(() => process.exit()),
);

function accessTokenFrom({ developmentIdentity, caFile: ca = '' }: RunningService): Promise<string> {
  if (developmentIdentity === undefined) throw new Error('the service has no development identity');
  const { issuer, clientId, clientSecret, scope } = developmentIdentity;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const call = request(
    `${issuer}/token`,
    {
      method: 'POST',
      agent: new Agent({ ca: readFileSync(ca) }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const answer: { access_token?: string } = JSON.parse(Buffer.concat(chunks).toString());
        if (answer.access_token === undefined) reject(new Error('the issuer gave no access token'));
        else resolve(answer.access_token);
      });
    },
  );
  call.on('error', reject);
  call.end(form.toString());
  return promise;
}
