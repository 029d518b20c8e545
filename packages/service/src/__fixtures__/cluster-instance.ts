/**
 * One instance of a cluster, as a process of its own: tells `{port, caFile}` when it serves. Told `{set: text}` it puts a policy in
 * force for SgxEnclave at the default provider, and answers `{acknowledged}`: true when every live instance has taken it in.
 */
import { startService } from '../service.ts';
import { openStore } from '../storage/index.ts';

/** What the test gives as argument. */
export interface InstanceSettings {
  readonly connectionString: string;
  readonly stateDirectory: string;
  readonly bundle: string;
  readonly trustAnchor: string;
  readonly leaseMs: number;
}

const settings: InstanceSettings = JSON.parse(process.argv[2] ?? '');
const { connectionString, stateDirectory, bundle, trustAnchor, leaseMs } = settings;
const store = await openStore({
  kind: 'postgres',
  connectionString,
  integrityKey: new Uint8Array(32).fill(7),
  leaseMs,
  pollIntervalMs: 100,
  connectTimeoutMs: 500,
  queryTimeoutMs: 2000,
});
const service = await startService(
  {
    environment: 'development',
    stateDirectory,
    baseUri: 'https://attest.test',
    listen: { port: 0 },
    log: { level: 'fatal' },
    storage: { leaseMs },
    endorsements: { intel: { bundle } },
    provider: { trustAnchors: [trustAnchor] },
  },
  { store },
);

process.on('message', ({ set }: { set: string }) => {
  void change(set).then((acknowledged) => process.send?.({ acknowledged }));
});
process.on('disconnect', () => void service.close());
process.send?.({ port: service.port, caFile: service.caFile });

async function change(text: string): Promise<boolean> {
  const provider = await store.providers.byName('default');
  if (!provider.ok || provider.value === undefined) return false;
  const origin = { actor: 'test', atMs: Date.now(), requestId: '', address: '' };
  const policy = { content: text, digest: '', signer: null };
  const set = await store.policies.set(provider.value.id, 'SgxEnclave', policy, origin);
  return set.ok && (await store.confirmed(set.value.revision)).ok;
}
