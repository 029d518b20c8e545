/** What verifications of SEV-SNP evidence share: endorsements, baseline and their safe defaults. */
import { ConfigurationError, checkOptions, unwrap } from '@atesto/core';
import { refuse } from '../outcome.ts';
import type { SnpAppraisal } from '../sevsnp/appraisal.ts';
import { checkSnpBaseline, type SnpBaseline } from '../sevsnp/baseline.ts';
import {
  checkSnpEndorsements,
  type SnpEndorsements,
  VerifiedSnpEndorsements,
  verifySnpEndorsements,
} from '../sevsnp/endorsements.ts';
import { snpLookupFor } from '../sevsnp/lookup.ts';
import { type SnpProduct, type SnpTcb, snpProducts, tcbParts } from '../sevsnp/product.ts';
import type { SnpReport } from '../sevsnp/report.ts';
import { checkTrustAnchors, type VerificationOptions } from '../trust-anchors.ts';
import { type CommonOptions, checkCount, checkDecision, checkNoTrustAnchors } from './options.ts';

/** What is demanded of SEV-SNP machines and guests. AMD publishes no status of a TCB, so the least one is a decision. */
export interface SevSnpBaseline {
  /**
   * Least security patch level of each part of the reported and of the committed TCB, by product; products that are not named are refused.
   * `any` accepts every TCB that AMD certified.
   */
  readonly minimumTcb: { readonly [product in SnpProduct]?: Partial<SnpTcb> } | 'any';
  /** Default `false`: refuses guests that their host may give to a migration agent, which gets their memory. */
  readonly migration?: false | 'any';
  /** Default `any`: simultaneous multithreading is accepted. */
  readonly smt?: false | 'any';
  /** Highest virtual machine privilege level that may have requested the report, 0 to 3. Default 0, the most privileged. */
  readonly maximumVmpl?: number;
  /** `any` accepts certificates that were checked against no revocation list. Default: a list is demanded. */
  readonly revocation?: 'any';
}

/** AMD's endorsements as they came. */
export interface SnpCollateral extends Omit<SnpEndorsements, 'certificate' | 'authorityChain'> {
  /** VCEK or VLEK certificate: PEM text, or DER. Default: the one beside the report in the JSON document of Azure's guests. */
  readonly certificate?: string | Uint8Array;
  /** PEM: ASK (or ASVK), then ARK. Default: those beside the report. */
  readonly authorityChain?: string;
}

/** AMD's endorsements: as they came, or verified before by `verifySnpEndorsements`, which serves every report of the same key. */
export type SnpCollateralOption = SnpCollateral | VerifiedSnpEndorsements;

/** Throws `ConfigurationError` for what is no collateral, and for roots beside verified endorsements. */
export function checkSnpCollateralOption(
  collateral: SnpCollateralOption,
  options: VerificationOptions,
  option: string,
): void {
  if (collateral === undefined) throw new ConfigurationError(option, "AMD's endorsements", 'option-missing');
  checkTrustAnchors(options.trustAnchors, 'options.trustAnchors');
  if (VerifiedSnpEndorsements.is(collateral)) {
    checkNoTrustAnchors(options);
    return;
  }
  const names = {
    certificate: true,
    authorityChain: true,
    revocationList: true,
    furtherRevocationLists: true,
  } as const;
  checkOptions<SnpCollateral>(collateral, names, option);
  checkSnpEndorsements(collateral, option);
}

/** Throws `ConfigurationError` for a baseline without a decision on the TCB, or with one that does not exist. */
export function checkSevSnpBaseline(baseline: SevSnpBaseline, option: string): void {
  if (baseline === undefined) throw new ConfigurationError(option, 'a baseline with minimumTcb', 'option-missing');
  const names = { minimumTcb: true, migration: true, smt: true, maximumVmpl: true, revocation: true } as const;
  checkOptions<SevSnpBaseline>(baseline, names, option);
  const { minimumTcb, migration, smt, maximumVmpl, revocation } = baseline;
  checkMinimumTcb(minimumTcb, `${option}.minimumTcb`);
  checkDecision(migration, `${option}.migration`);
  checkDecision(smt, `${option}.smt`);
  if (maximumVmpl !== undefined && !(Number.isInteger(maximumVmpl) && maximumVmpl >= 0 && maximumVmpl <= 3)) {
    throw new ConfigurationError(`${option}.maximumVmpl`, 'an integer from 0 to 3');
  }
  if (revocation !== undefined && revocation !== 'any') {
    throw new ConfigurationError(`${option}.revocation`, "'any', or nothing");
  }
}

function checkMinimumTcb(minimum: SevSnpBaseline['minimumTcb'], option: string): void {
  if (minimum === 'any') return;
  if (minimum === undefined) {
    throw new ConfigurationError(option, "the least TCB of each accepted product, or 'any'", 'option-missing');
  }
  checkOptions(minimum, { Milan: true, Genoa: true, Turin: true }, option);
  for (const product of snpProducts) {
    const tcb = minimum[product];
    if (tcb === undefined) continue;
    const names = { fmc: true, bootLoader: true, tee: true, snp: true, microcode: true } as const;
    checkOptions<Partial<SnpTcb>>(tcb, names, `${option}.${product}`);
    for (const part of tcbParts) checkCount(tcb[part], `${option}.${product}.${part}`);
  }
}

/** The endorsements, verified unless they are already. Refuses by throwing within this package. */
export function verifiedAmd(
  collateral: SnpCollateralOption,
  report: SnpReport,
  certificates: string | undefined,
  { trustAnchors }: VerificationOptions,
): VerifiedSnpEndorsements {
  if (VerifiedSnpEndorsements.is(collateral)) return collateral;
  const supplied = certificates === undefined ? undefined : unwrap(snpLookupFor(report, certificates)).supplied;
  const missing = (what: string): never =>
    refuse('chain-length', 'AMD chain', `there is no ${what}, neither among the endorsements nor beside the report`);
  const endorsements = {
    ...collateral,
    certificate: collateral.certificate ?? supplied?.certificate ?? missing('certificate of the endorsement key'),
    authorityChain: collateral.authorityChain ?? supplied?.authorityChain ?? missing('chain of authorities'),
  };
  return unwrap(verifySnpEndorsements(endorsements, trustAnchors === undefined ? {} : { trustAnchors }));
}

/** Holds a report against the baseline. Refuses by throwing within this package. */
export function demandSevSnpBaseline(
  appraisal: SnpAppraisal,
  { minimumTcb, migration = false, smt = 'any', maximumVmpl = 0, revocation }: SevSnpBaseline,
  { debug = false }: CommonOptions,
): void {
  const actionOf = (decision: false | 'any') => (decision === false ? 'forbid' : 'policy');
  const demanded: SnpBaseline = {
    minimumTcb: minimumTcb === 'any' ? {} : minimumTcb,
    productsWithoutMinimum: minimumTcb === 'any' ? 'accept' : 'refuse',
    debug: actionOf(debug),
    migration: actionOf(migration),
    smt: actionOf(smt),
    maximumVmpl,
    revocation: revocation === 'any' ? 'unchecked' : 'crl',
  };
  unwrap(checkSnpBaseline(appraisal, demanded));
}
