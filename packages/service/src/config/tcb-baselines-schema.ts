/** The schema of the TCB baselines that policies can name. */
import { z } from 'zod';
import { described } from './schema-helpers.ts';

const version = z.string().regex(/^\d+(\.\d+){0,3}$/);

/** Baselines by their TCB evaluation data number. */
export const tcbBaselines = z
  .array(
    z.strictObject({
      tcbEvaluationDataNumber: z.int().min(1).max(999_999_999),
      releaseDate: z.iso.date(),
      minimumPswLinuxVersion: version.optional(),
      minimumPswWindowsVersion: version.optional(),
    }),
  )
  .max(1_000)
  .optional()
  .meta(
    described(
      'The TCB baselines of Intel that `GET /tcbbaselines/{type}` lists for those who write policies; default: the ones that Azure Attestation documents. A policy may name any number.',
      '[{"tcbEvaluationDataNumber": 17, "releaseDate": "2024-11-12", "minimumPswLinuxVersion": "2.25", …}, …]; versions may be left out',
    ),
  );
