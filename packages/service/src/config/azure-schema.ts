/** The schema of Azure guests and of the reference values of trust domains. */
import { z } from 'zod';
import { described } from './schema-helpers.ts';

/** What Azure guests must meet beyond the baseline of their hardware. */
export const azureGuestBaseline = z.strictObject({
  unknownMachines: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .meta(
      described(
        'What to do with machines that fit no reference value. Any SEV-SNP or TDX guest can vouch for a vTPM that it made up; only the measurement tells Azure’s paravisor from such a guest. Tokens of machines that were accepted all the same have no `x-ms-compliance-status`.',
        '"refuse" or "accept"',
      ),
    ),
  unboundReplyKeys: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .meta(
      described(
        'What to do with keys for the reply whose use does not demand the quoted PCR values (TPM2_PolicyPCR, no password). The quote has no nonce: after another boot a machine could send an old quote with such a key.',
        '"refuse" or "accept"',
      ),
    ),
});

/** Trust domains that the operator knows. */
export const tdxReferenceValues = z
  .array(
    z.strictObject({
      complianceStatus: z.string().min(1).max(256),
      mrTds: z
        .array(z.string().regex(/^[0-9a-fA-F]{96}$/))
        .min(1)
        .max(10_000),
    }),
  )
  .max(1_000)
  .default([])
  .meta(
    described(
      'TDX trust domains that the operator knows, by their MRTD; the first that a domain fits gives its token the claim `x-ms-compliance-status`. Domains that can be debugged or migrated fit none.',
      'a list of {"complianceStatus": "…", "mrTds": ["96 hex digits", …]}',
    ),
  );
