/** The text that `atesto serve` prints when the service listens. */
import { join } from 'node:path';
import type { RunningService, ServiceConfig } from '@atesto/service';
import { rows, type Style } from '../style.ts';

/** The lines. `simulator`: the directory of the simulated platform that the service trusts. */
export function banner(
  service: RunningService,
  config: ServiceConfig,
  simulator: string | undefined,
  style: Style,
): string {
  const { url, caFile, developmentIdentity: identity } = service;
  const nobody = identity === undefined ? missingAdministrator(config) : undefined;
  const clientFile = join(config.stateDirectory, 'development', 'client.json');
  const facts = rows(
    [
      [
        'environment',
        config.environment === 'development' ? style.warning('development: not for production') : 'production',
      ],
      ['CA to trust', caFile],
      ['OpenID issuer', identity?.issuer],
      ['client', identity === undefined ? undefined : `${identity.clientId}, secret in ${clientFile}`],
      ['trusted simulator', simulator],
      ['warning', nobody === undefined ? undefined : style.warning(nobody)],
    ],
    style,
  );
  const attest = [
    `atesto attest --endpoint ${url}`,
    ...(caFile === undefined ? [] : [`--ca ${caFile}`]),
    ...(identity === undefined ? [] : [`--issuer ${identity.issuer} --client-file ${clientFile}`]),
    simulator === undefined ? '--evidence quote.bin' : `--simulator ${simulator}`,
  ].join(' \\\n      ');
  return `${style.title(`Atesto listens at ${url}`)}\n${facts}  To attest:\n    ${attest}\n`;
}

/** Who is missing among those who may administer; undefined: nobody. */
function missingAdministrator({ identity: { roles } }: ServiceConfig): string | undefined {
  if (roles.length === 0) return 'nobody can administer the service: set identity.roles, see docs/hosting.md';
  if (roles.some(({ role }) => role === 'service-administrator')) return undefined;
  return 'nobody is service administrator: see identity.roles in docs/hosting.md';
}
