/** The schema of the rules that map claims of access tokens to roles. */
import { z } from 'zod';
import { described } from './schema-helpers.ts';

/** The roles, each of which includes those before it. */
export const roleNames = ['attestation-reader', 'attestation-contributor', 'service-administrator'] as const;

/** One rule: a caller with this claim has this role. */
export const roleRule = z.strictObject({
  role: z.enum(roleNames),
  /** A claim of the access token: a string, a list of strings, or (`scp`, `scope`) strings separated by spaces. */
  claim: z.string().min(1).max(256),
  value: z.string().min(1).max(1024),
  issuer: z.string().min(1).optional(),
  providers: z.array(z.string().min(1)).min(1).optional(),
});

/** All rules; a caller that matches none has no role. */
export const roles = z
  .array(roleRule)
  .max(10_000)
  .default([])
  .meta(
    described(
      'Who may administer: a caller whose access token has the claim `claim` (`roles`, `groups`, `scp`, `sub` …) with the value `value`, `{provider}` in it standing for the name of the provider in lower case, has the role at the providers of the list (`"*"`: at each). `attestation-reader` reads policies, signers and audit entries, `attestation-contributor` changes them as well, `service-administrator` may do everything and needs no list. `issuer` is needed when several issuers are accepted.',
      'a list of {"role": "…", "claim": "…", "value": "…", "issuer"?: "https://…", "providers"?: ["…"]}',
    ),
  );
