/** The schema of the sources of the vendors' endorsements. */
import { z } from 'zod';
import { described, file, httpsUri } from './schema-helpers.ts';

const filesOf = (description: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ ...described(description, 'the path of a file or directory'), path: true });

const grace = (description: string): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .min(0)
    .max(315_360_000)
    .default(0)
    .meta(described(description, 'seconds, a whole number from 0 to 315360000'));

const intel = z.strictObject({
  bundle: filesOf('A collateral file, or a directory of such files, to be used first. Changes are noticed.'),
  url: httpsUri
    .optional()
    .meta(
      described(
        'Intel’s Provisioning Certification Service or a PCCS, version 4: asked for what the bundle lacks.',
        'an https URI such as "https://api.trustedservices.intel.com"',
      ),
    ),
  service: z
    .enum(['pcs', 'pccs'])
    .default('pcs')
    .meta(
      described(
        'What answers at `endorsements.intel.url`: Intel’s own service, which finds a PCK certificate by a PPID of RSA-3072 only, or a PCCS, which finds it by the id of the quoting enclave.',
        '"pcs" or "pccs"',
      ),
    ),
  caFile: file('A CA (PEM) that is trusted for `endorsements.intel.url` besides the public ones.').optional(),
  subscriptionKeyFile: file('A file whose first line is the subscription key for `endorsements.intel.url`.').optional(),
  tcbUpdateType: z
    .enum(['standard', 'early'])
    .optional()
    .meta(
      described(
        'Which TCB baseline is asked for: the one in force, or the next one from the day it is published. Default: as the service does.',
        '"standard" or "early"',
      ),
    ),
  staleGraceSeconds: grace(
    'How long past its `nextUpdate` collateral may still be used; tokens then say which parts have expired.',
  ),
});

const amd = z.strictObject({
  bundle: filesOf(
    'A directory of AMD’s certificates and revocation lists (`.pem`, `.crt`, `.cer`, `.der`, `.crl`), or one such file, to be used first. Changes are noticed.',
  ),
  mirror: filesOf(
    'A directory that mirrors AMD’s key distribution service, with its paths and queries as names: used for what the bundle lacks.',
  ),
  url: httpsUri
    .optional()
    .meta(
      described(
        'AMD’s key distribution service or a cache of it: asked for what the files lack.',
        'an https URI such as "https://kdsintf.amd.com"',
      ),
    ),
  caFile: file('A CA (PEM) that is trusted for `endorsements.amd.url` besides the public ones.').optional(),
  revocationList: z
    .enum(['required', 'when-there'])
    .default('required')
    .meta(
      described(
        'Whether evidence needs AMD’s revocation list. `when-there` goes on when there is none in the files and no service to ask; tokens then say so.',
        '"required" or "when-there"',
      ),
    ),
  staleGraceSeconds: grace('How long past its `nextUpdate` a revocation list may still be used; tokens then say so.'),
});

/** Where endorsements come from, by vendor. */
export const endorsements = z.strictObject({ intel: intel.prefault({}), amd: amd.prefault({}) });
