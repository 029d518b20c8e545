/**
 * Checks that the TDX module is Intel's, and finds how current it is.
 * Source: Intel SGX/TDX DCAP Quote Verification, TDX module identity and TCB level checks; PCS v4, model TcbInfoV3.
 */

import type { PlatformPart } from '../intel/appraise-tcb.ts';
import type { TcbInfo, TdxModuleIdentity } from '../intel/tcb-info.ts';
import { converge, findModuleTcbLevel, type TcbLevelStatus } from '../intel/tcb-level.ts';
import { refuse } from '../outcome.ts';
import type { TdxCode } from './codes.ts';
import { relaunchAdvice } from './relaunch.ts';
import type { TdReportBody } from './report-body.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function refuseModule(code: TdxCode, why: string): never {
  refuse(code, 'quote body', why);
}

/** The identity of a module's version: 0 has none of its own. */
function identityOf(tcbInfo: TcbInfo, version: number): TdxModuleIdentity {
  const id = `TDX_${version.toString(16).padStart(2, '0').toUpperCase()}`;
  const identity =
    version === 0
      ? tcbInfo.tdxModule
      : tcbInfo.tdxModuleIdentities.find((candidate) => candidate.id.toUpperCase() === id);
  return identity ?? refuseModule('tdx-module-unknown', `the TCB info has no identity ${id}`);
}

/** Checks that the module's signer and attributes are its identity's. */
export function checkTdxModule(body: TdReportBody, tcbInfo: TcbInfo): TdxModuleIdentity {
  const identity = identityOf(tcbInfo, body.teeTcbSvn[1] ?? 0);
  if (hex(body.mrSignerSeam) !== identity.mrSigner) {
    refuseModule('tdx-module-signer', `MRSIGNERSEAM ${hex(body.mrSignerSeam)} is not the identity's`);
  }
  // The specification demands zero; the mask of the identity covers every bit in all published files.
  const mask = Buffer.from(identity.attributesMask, 'hex');
  const masked = body.seamAttributes.map((byte, index) => byte & (mask[index] ?? 0xff));
  if (hex(masked) !== identity.attributes || body.seamAttributes.some((byte) => byte !== 0)) {
    refuseModule('tdx-module-attributes', `SEAMATTRIBUTES ${hex(body.seamAttributes)} are not the identity's`);
  }
  return identity;
}

/** The module's own TCB level; undefined for version 0, which has none. */
export function findModuleLevel(body: TdReportBody, identity: TdxModuleIdentity): TcbLevelStatus | undefined {
  if ((body.teeTcbSvn[1] ?? 0) === 0) return undefined;
  const level = findModuleTcbLevel(identity.tcbLevels, body.teeTcbSvn[0] ?? 0);
  return (
    level ??
    refuseModule('tdx-module-level-not-found', `module SVN ${body.teeTcbSvn[0]} is below every level of ${identity.id}`)
  );
}

/** The module as a part of the platform: converges its status, or advises a relaunch where that alone would help. */
export function modulePart(body: TdReportBody, level: TcbLevelStatus, tcbInfo: TcbInfo): PlatformPart {
  return {
    level,
    apply: (status, statuses) => {
      const converged = converge(status, level.status);
      const advised = relaunchAdvice(body, converged, statuses, level, tcbInfo, (version) =>
        identityOf(tcbInfo, version),
      );
      return advised ?? converged;
    },
  };
}
