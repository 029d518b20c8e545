/** The claims that a service would show a policy for evidence, from an offline appraisal. */
import { parseIntelCollateralBundle } from '@atesto/endorsements';
import {
  appraiseSgx,
  appraiseTdx,
  type Claims,
  checkSgxRuntimeData,
  checkTdxRuntimeData,
  type IntelAppraisalOptions,
  type IntelCollateral,
  intelRoots,
  type Outcome,
  sgxClaims,
  sgxIncomingAliases,
  tdxClaims,
} from '@atesto/evidence';
import { type AttestationKind, type Claim, claimsOfMembers } from '@atesto/policy';
import { CliFailure, misused } from '../failure.ts';
import { readBytes } from '../input/file.ts';
import { exitCodes } from '../session.ts';
import { developmentAnchors } from '../verify/verdict.ts';
import { kindOption } from './kind.ts';

/** What an appraisal needs. */
export interface EvidenceOptions {
  readonly evidence: string;
  readonly type: string;
  readonly collateral: string;
  readonly at: Date;
  readonly runtimeData?: string;
  readonly allowExpiredCollateral?: true;
  readonly developmentRoot?: readonly string[];
}

interface Technology {
  /** The claim `x-ms-attestation-type`. */
  readonly claim: string;
  /** Appraises, checks what the evidence commits to, and gives the claims. */
  readonly claims: (
    evidence: Uint8Array,
    collateral: IntelCollateral,
    settings: IntelAppraisalOptions,
    data: Uint8Array | undefined,
  ) => Claims;
}

const sgx: Technology = {
  claim: 'sgx',
  claims: (evidence, collateral, settings, data) => {
    const appraisal = accepted(appraiseSgx(evidence, collateral, settings));
    if (data !== undefined) accepted(checkSgxRuntimeData(appraisal.body, data));
    return { ...sgxClaims(appraisal), ...sgxIncomingAliases(appraisal) };
  },
};

const tdx: Technology = {
  claim: 'tdxvm',
  claims: (evidence, collateral, settings, data) => {
    const appraisal = accepted(appraiseTdx(evidence, collateral, settings));
    if (data !== undefined) accepted(checkTdxRuntimeData(appraisal.body, data));
    return tdxClaims(appraisal);
  },
};

const technologies: Partial<Record<AttestationKind, Technology>> = { SgxEnclave: sgx, OpenEnclave: sgx, TdxVm: tdx };

/** Appraises and gives the claims. Evidence that is refused ends the run with 1. */
export async function claimsOfEvidence(options: EvidenceOptions): Promise<Claim[]> {
  const kind = kindOption(options.type);
  const technology = kind === undefined ? undefined : technologies[kind];
  if (technology === undefined) {
    return misused(
      `evidence of ${kind} is not appraised here`,
      `--type is one of ${Object.keys(technologies).join(', ')}.`,
    );
  }
  const evidence = await readBytes(options.evidence, 'the evidence');
  const collateral = accepted(parseIntelCollateralBundle(await readBytes(options.collateral, 'the collateral')));
  const data = options.runtimeData === undefined ? undefined : await readBytes(options.runtimeData, 'the runtime data');
  const settings: IntelAppraisalOptions = {
    at: options.at,
    allowExpiredCollateral: options.allowExpiredCollateral === true,
    trustAnchors: [...intelRoots, ...developmentAnchors(options.developmentRoot ?? [])],
  };
  return [
    { type: 'x-ms-attestation-type', value: technology.claim, issuer: 'AttestationService' },
    ...claimsOfMembers(technology.claims(evidence, collateral, settings, data), 'AttestationService'),
    ...(data === undefined ? [] : heldData(data)),
  ];
}

/** The service shows binary runtime data to policies under these names. */
function heldData(data: Buffer): Claim[] {
  const value = data.toString('base64url');
  return ['x-ms-sgx-ehd', '$maa-ehd'].map((type) => ({ type, value, issuer: 'CustomClaim' }));
}

function accepted<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  const { code, where, why } = outcome.refusal;
  throw new CliFailure(exitCodes.refused, `the evidence is refused: ${where}: ${why} [${code}]`);
}
