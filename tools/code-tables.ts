/** Every table of codes of the project, by the name of its part in docs/errors.md. */
import { clientCodes, configurationCodes as clientConfigurationCodes } from '../packages/client/src/codes.ts';
import { endorsementCodes } from '../packages/endorsements/src/codes.ts';
import { evidenceCodes } from '../packages/evidence/src/codes.ts';
import { policyCodes } from '../packages/policy/src/codes.ts';
import { configurationCodes, relyingPartyCodes } from '../packages/relying-party/src/codes.ts';
import { serviceCodes } from '../packages/service/src/codes.ts';
import { configCodes } from '../packages/service/src/config/problem.ts';
import { auditCodes, storageCodes } from '../packages/store/src/codes.ts';
import { tokenCodes } from '../packages/token/src/codes.ts';

export const codeTables = {
  evidence: evidenceCodes,
  policy: policyCodes,
  service: serviceCodes,
  configuration: configCodes,
  endorsements: endorsementCodes,
  token: tokenCodes,
  storage: storageCodes,
  audit: auditCodes,
  client: { ...clientCodes, ...clientConfigurationCodes },
  relyingParty: { ...relyingPartyCodes, ...configurationCodes },
} as const;
