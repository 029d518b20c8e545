/**
 * The claims of an SGX appraisal under Azure Attestation's names.
 * Source: Azure Attestation, "SGX attestation claims"; bytes are lower-case hex.
 */
import type { Claims } from '@atesto/core';
import { hex } from '../claims.ts';
import type { SgxAppraisal } from './appraisal.ts';

/** `x-ms-sgx-collateral`: SHA-256 of what was used, hex. */
function collateralClaim({ collateral: { hashes }, quoteHash }: SgxAppraisal): { [name: string]: string } {
  return {
    qeidcertshash: hashes.qeIdentityIssuerChain,
    qeidcrlhash: hashes.rootCaCrl,
    qeidhash: hashes.qeIdentity,
    quotehash: quoteHash,
    tcbinfocertshash: hashes.tcbInfoIssuerChain,
    tcbinfocrlhash: hashes.rootCaCrl,
    tcbinfohash: hashes.tcbInfo,
  };
}

/** The claims that the service adds to every SGX token. */
export function sgxClaims(appraisal: SgxAppraisal): Claims {
  const { body } = appraisal;
  return {
    'x-ms-sgx-is-debuggable': body.debug,
    'x-ms-sgx-product-id': body.isvProdId,
    'x-ms-sgx-svn': body.isvSvn,
    'x-ms-sgx-mrsigner': hex(body.mrSigner),
    'x-ms-sgx-mrenclave': hex(body.mrEnclave),
    'x-ms-sgx-report-data': hex(body.reportData),
    'x-ms-sgx-collateral': collateralClaim(appraisal),
    ...(body.kss
      ? {
          'x-ms-sgx-config-id': hex(body.configId),
          'x-ms-sgx-config-svn': body.configSvn,
          'x-ms-sgx-isv-extended-product-id': hex(body.isvExtProdId),
          'x-ms-sgx-isv-family-id': hex(body.isvFamilyId),
        }
      : {}),
  };
}

/** Names that old policies test, with the same values: incoming claims only. */
export function sgxIncomingAliases(appraisal: SgxAppraisal): Claims {
  const { body } = appraisal;
  return {
    '$is-debuggable': body.debug,
    '$product-id': body.isvProdId,
    $svn: body.isvSvn,
    '$sgx-mrsigner': hex(body.mrSigner),
    '$sgx-mrenclave': hex(body.mrEnclave),
    $tee: 'sgx',
  };
}
