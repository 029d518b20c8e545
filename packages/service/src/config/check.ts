/** Checks that the settings are consistent and that the files they name can be read. */
import { accessSync, constants } from 'node:fs';
import { strangersShare } from '../admission/owner.ts';
import { checkExposure } from './check-exposure.ts';
import { checkRoles, checkStorage } from './check-hosting.ts';
import type { ConfigProblem } from './problem.ts';
import type { ServiceConfig } from './schema.ts';

/** All faults that concern more than one setting, or a file. */
export function checkConfig(config: ServiceConfig): ConfigProblem[] {
  return [
    ...checkPairs(config),
    ...checkAdmission(config),
    ...checkEnvironment(config),
    ...checkStorage(config),
    ...checkRoles(config),
    ...checkFiles(config),
    ...checkExposure(config),
  ];
}

function checkPairs({ tls, signing, endorsements }: ServiceConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (tls.certificateFile === undefined && tls.keyFile !== undefined) {
    problems.push(missing('tls.certificateFile', 'tls.keyFile is set, so the certificate is needed too'));
  }
  if (tls.certificateFile !== undefined && tls.keyFile === undefined) {
    problems.push(missing('tls.keyFile', 'tls.certificateFile is set, so its private key is needed too'));
  }
  if (signing.passphraseFile !== undefined && signing.keyFile !== undefined) {
    problems.push({
      code: 'setting-invalid',
      where: 'signing.keyFile',
      why: 'signing.passphraseFile is set too; keep one of them',
    });
  }
  if (signing.publishAheadSeconds >= signing.rotationDays * 86_400) {
    const why = 'it must be shorter than signing.rotationDays; lower it';
    problems.push({ code: 'setting-invalid', where: 'signing.publishAheadSeconds', why });
  }
  const { intel, amd } = endorsements;
  if (intel.url === undefined && (intel.caFile !== undefined || intel.subscriptionKeyFile !== undefined)) {
    problems.push(missing('endorsements.intel.url', 'caFile and subscriptionKeyFile apply only to a URI; set it'));
  }
  if (amd.url === undefined && amd.caFile !== undefined) {
    problems.push(missing('endorsements.amd.url', 'caFile applies only to a URI; set it'));
  }
  return problems;
}

/** A body of the largest size must fit, or it would always be refused. */
function checkAdmission({ limits, admission }: ServiceConfig): ConfigProblem[] {
  const rooms = [
    ['address', admission.address.bodyBytes],
    ['caller', admission.caller.bodyBytes],
    ['total', Math.floor(admission.total.bodyBytes * strangersShare)],
  ] as const;
  return rooms.flatMap(([of, room]) => {
    const why =
      'a body of limits.bodyBytes does not fit (requests without an access token may use three quarters of the total); raise it';
    const where = `admission.${of}.bodyBytes`;
    return room >= limits.bodyBytes ? [] : [{ code: 'setting-invalid', where, why } as const];
  });
}

function checkEnvironment(config: ServiceConfig): ConfigProblem[] {
  if (config.environment === 'development') return [];
  const problems: ConfigProblem[] = [];
  if (config.developmentIdentity.enabled) problems.push(developmentOnly('developmentIdentity.enabled'));
  if (config.provider.trustAnchors.length > 0) problems.push(developmentOnly('provider.trustAnchors'));
  if (config.baseUri === undefined) {
    problems.push(missing('baseUri', 'production needs the https URI under which clients reach the service'));
  }
  if (config.tls.certificateFile === undefined && config.tls.keyFile === undefined) {
    problems.push(
      missing('tls.certificateFile', 'production needs a server certificate and its key; write their paths'),
    );
  }
  if (config.signing.passphraseFile === undefined && config.signing.keyFile === undefined) {
    problems.push(
      missing(
        'signing.keyFile',
        'production seals its signing keys; write the path of a key file, or signing.passphraseFile',
      ),
    );
  }
  return problems;
}

function checkFiles({ tls, signing, identity, endorsements, provider, storage }: ServiceConfig): ConfigProblem[] {
  const named: [string, string | undefined][] = [
    ['tls.certificateFile', tls.certificateFile],
    ['tls.keyFile', tls.keyFile],
    ['tls.keyPassphraseFile', tls.keyPassphraseFile],
    ['signing.passphraseFile', signing.passphraseFile],
    ['signing.keyFile', signing.keyFile],
    ['signing.hsm.library', signing.hsm?.library],
    ['signing.hsm.pinFile', signing.hsm?.pinFile],
    ['storage.connectionStringFile', storage.connectionStringFile],
    ['storage.integrityKeyFile', storage.integrityKeyFile],
    ['endorsements.intel.bundle', endorsements.intel.bundle],
    ['endorsements.intel.caFile', endorsements.intel.caFile],
    ['endorsements.intel.subscriptionKeyFile', endorsements.intel.subscriptionKeyFile],
    ['endorsements.amd.bundle', endorsements.amd.bundle],
    ['endorsements.amd.mirror', endorsements.amd.mirror],
    ['endorsements.amd.caFile', endorsements.amd.caFile],
    ...identity.issuers.map(({ caFile }, at): [string, string | undefined] => [
      `identity.issuers.${at}.caFile`,
      caFile,
    ]),
    ...Object.entries(provider.policies).map(([type, path]): [string, string] => [`provider.policies.${type}`, path]),
  ];
  return named.flatMap(([where, path]) => (path === undefined || isReadable(path) ? [] : [unreadable(where)]));
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(where: string, why: string): ConfigProblem {
  return { code: 'setting-missing', where, why };
}

function developmentOnly(where: string): ConfigProblem {
  return { code: 'development-only', where, why: 'remove it, or set environment to "development"' };
}

function unreadable(where: string): ConfigProblem {
  return { code: 'setting-file-unreadable', where, why: 'it cannot be read; check the path and its permissions' };
}
