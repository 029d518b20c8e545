/** The schema of the SEV-SNP baseline and reference values. */
import { z } from 'zod';
import { described } from './schema-helpers.ts';

const patchLevel = z.int().min(0).max(255).optional();
const levels = { bootLoader: patchLevel, tee: patchLevel, snp: patchLevel, microcode: patchLevel };
const privilegeLevel = z.int().min(0).max(3);
const isAllowed = (what: string): z.ZodDefault<z.ZodBoolean> =>
  z
    .boolean()
    .default(true)
    .meta(
      described(`Whether a guest ${what} meets the baseline. The policy sees the fact in any case.`, 'true or false'),
    );

/** What SEV-SNP guests must meet. */
export const sevSnpBaseline = z.strictObject({
  minimumTcb: z
    .strictObject({
      Milan: z.strictObject(levels).optional(),
      Genoa: z.strictObject(levels).optional(),
      Turin: z.strictObject({ fmc: patchLevel, ...levels }).optional(),
    })
    .default({})
    .meta(
      described(
        'The least security patch level of each part of the reported and committed TCB, by product; Genoa stands for Bergamo and Siena too. A part that is not named may have any level.',
        '{"Milan": {"bootLoader": 4, "tee": 0, "snp": 24, "microcode": 219}, "Turin": {"fmc": 1, …}, …}: levels are whole numbers from 0 to 255',
      ),
    ),
  productsWithoutMinimum: z
    .enum(['accept', 'refuse'])
    .default('accept')
    .meta(described('What to do with a product that `minimumTcb` does not name.', '"accept" or "refuse"')),
  allowDebug: isAllowed('whose policy allows debugging'),
  allowMigration: isAllowed('whose policy allows a migration agent'),
  allowSmt: isAllowed('whose policy allows simultaneous multithreading'),
  maximumVmpl: privilegeLevel
    .default(3)
    .meta(
      described(
        'The highest virtual machine privilege level that may have requested the report; 0 is the most privileged.',
        'a whole number from 0 to 3',
      ),
    ),
});

const hexOf = (sizeBytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * sizeBytes}}$`));
const listOf = (sizeBytes: number) => z.array(hexOf(sizeBytes)).min(1).max(10_000);
const unsigned32 = z.int().min(0).max(0xffff_ffff);

const uvm = z.strictObject({
  issuer: z.string().startsWith('did:x509:').max(2_048),
  feed: z.string().min(1).max(256),
  minimumSvn: unsigned32,
  signerValidAt: z.enum(['appraisal', 'signing']).default('appraisal'),
});

const referenceValue = z
  .strictObject({
    complianceStatus: z.string().min(1).max(256),
    measurements: listOf(48).optional(),
    idKeyDigests: listOf(48).optional(),
    uvm: uvm.optional(),
    hostData: listOf(32).optional(),
    minimumGuestSvn: unsigned32.default(0),
    maximumVmpl: privilegeLevel.default(0),
  })
  .refine(
    ({ measurements, idKeyDigests, uvm: endorser }) =>
      [measurements, idKeyDigests, endorser].filter((identity) => identity !== undefined).length === 1,
    'names not exactly one of measurements, idKeyDigests and uvm',
  );

/** Guests that the operator knows. */
export const sevSnpReferenceValues = z
  .array(referenceValue)
  .max(1_000)
  .default([])
  .meta(
    described(
      'SEV-SNP guests that the operator knows; the first that a guest fits gives its token the claim `x-ms-compliance-status`. A guest is known by its launch measurement, by the key that signed its ID block, or by who endorses its utility VM (a did:x509, with product line and security version; `signerValidAt`: whether the signer’s certificates must be valid at the appraisal, or at the time of signing that the signer states). Guests whose policy allows debugging or a migration agent fit none. `maximumVmpl` is the highest virtual machine privilege level that may have requested the report: software at the levels below a paravisor, which runs at 0, can bind data of its own. Endorsements of utility VMs are looked at only where an entry names an endorser; then one must hold.',
      'a list of {"complianceStatus": "…", "measurements": ["96 hex digits", …] or "idKeyDigests": ["96 hex digits", …] or "uvm": {"issuer": "did:x509:…", "feed": "…", "minimumSvn": 100, "signerValidAt"?: "appraisal" or "signing"}, "hostData"?: ["64 hex digits", …], "minimumGuestSvn"?: 0, "maximumVmpl"?: 0}',
    ),
  );
