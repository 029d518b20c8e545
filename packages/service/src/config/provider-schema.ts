/** The schema of the default provider: policies, baselines, reference values. */
import { tcbStatuses } from '@atesto/evidence/advanced';
import { z } from 'zod';
import { azureGuestBaseline, tdxReferenceValues } from './azure-schema.ts';
import { described } from './schema-helpers.ts';
import { sevSnpBaseline, sevSnpReferenceValues } from './sevsnp-schema.ts';
import { tcbBaselines } from './tcb-baselines-schema.ts';

/** What SGX and TDX platforms must meet: the same settings for both. */
const intelBaseline = z.strictObject({
  acceptedStatuses: z
    .array(z.enum(tcbStatuses))
    .min(1)
    .optional()
    .meta(
      described(
        'The accepted TCB statuses. Default: UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded.',
        'a list of TCB statuses',
      ),
    ),
  maxCollateralAgeSeconds: z
    .int()
    .min(1)
    .optional()
    .meta(
      described('The greatest age of the collateral, counted from its issue; default: any.', 'seconds, a whole number'),
    ),
  minTcbEvaluationDataNumber: z
    .int()
    .min(0)
    .optional()
    .meta(
      described(
        'The lowest `tcbEvaluationDataNumber` of the collateral; default: any. Set it in production: Intel signs older numbers too, with fresh dates.',
        'a whole number',
      ),
    ),
  allowDebug: z
    .boolean()
    .default(true)
    .meta(
      described(
        'Whether an enclave or domain that can be debugged meets the baseline. The policy sees the fact in any case.',
        'true or false',
      ),
    ),
});

/** `provider`. */
export const provider = z.strictObject({
  draftPolicies: z
    .enum(['off', 'readers', 'authenticated', 'anyone'])
    .optional()
    .meta(
      described(
        'Whose draft policies (`draftPolicyForAttestation`) are evaluated: nobody’s, those of readers of the provider, of callers with an access token, or anyone’s. Default: `authenticated` in production, `anyone` in development.',
        '"off", "readers", "authenticated" or "anyone"',
      ),
    ),
  policies: z
    .record(z.string(), z.string().min(1))
    .default({})
    .meta(
      described(
        'The policy of each attestation type as the path of its file. Default: the documented default policy.',
        '{"SgxEnclave": "the path of a file", …}',
      ),
    ),
  trustAnchors: z
    .array(z.string().regex(/^[0-9a-fA-F]{64}$/))
    .default([])
    .meta(
      described(
        'Development roots that are trusted in addition to the vendors’: SHA-256 of their public key (SubjectPublicKeyInfo). Only in development; tokens say so.',
        'a list of 64 hex digits each',
      ),
    ),
  baseline: z
    .strictObject({
      sgx: intelBaseline.prefault({}),
      tdx: intelBaseline.prefault({}),
      sevsnp: sevSnpBaseline.prefault({}),
      azureGuest: azureGuestBaseline.prefault({}),
    })
    .prefault({}),
  referenceValues: z.strictObject({ sevsnp: sevSnpReferenceValues, tdx: tdxReferenceValues }).prefault({}),
  tcbBaselines,
  initTimeBinding: z
    .strictObject({
      tdx: z
        .enum(['refuse', 'mrconfigid'])
        .default('refuse')
        .meta(
          described(
            'How a trust domain commits to init-time data: `mrconfigid` takes MRCONFIGID for their SHA-256, then zeros; `refuse` refuses such data.',
            '"refuse" or "mrconfigid"',
          ),
        ),
    })
    .prefault({}),
});
