/** Lists the settings that a reload may change, and finds changes of others. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigProblem } from './problem.ts';
import type { ServiceConfig } from './schema.ts';
import { configTable } from './table.ts';

/** The settings that a reload may change. */
export const reloadableSettings: readonly string[] = [
  'tls.certificateFile',
  'tls.keyFile',
  'tls.keyPassphraseFile',
  'tls.minVersion',
  'log.level',
  ...configTable.map(({ path }) => path).filter((path) => path.startsWith('admission.')),
  'limits.maxConnections',
  'limits.requestTimeoutMs',
  'limits.headersTimeoutMs',
  'limits.keepAliveTimeoutMs',
  'limits.shutdownDelayMs',
  'limits.shutdownGraceMs',
  'identity.issuers',
  'identity.audiences',
  'identity.managementAudiences',
  'identity.roles',
  'identity.clockSkewSeconds',
  'identity.fetchTimeoutMs',
  'endorsements.intel.bundle',
  'endorsements.intel.url',
  'endorsements.intel.service',
  'endorsements.intel.caFile',
  'endorsements.intel.subscriptionKeyFile',
  'endorsements.intel.tcbUpdateType',
  'endorsements.amd.bundle',
  'endorsements.amd.mirror',
  'endorsements.amd.url',
  'endorsements.amd.caFile',
];

/** All differing settings that cannot change while the service runs. */
export function fixedDifferences(running: ServiceConfig, wanted: ServiceConfig): ConfigProblem[] {
  const fixed = configTable.filter(({ path }) => !reloadableSettings.includes(path));
  const differing = fixed.filter(({ path }) => !isDeepStrictEqual(valueAt(running, path), valueAt(wanted, path)));
  return differing.map(({ path }) => {
    const why = 'it cannot change while the service runs; write its old value, or restart the service';
    return { code: 'setting-fixed', where: path, why };
  });
}

function valueAt(config: ServiceConfig, path: string): unknown {
  let value: unknown = config;
  for (const name of path.split('.'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return value;
}
