/** The limits that the admission layer keeps. */
import type { ServiceConfig } from '../config/schema.ts';

/** As the operator wrote them; see `docs/configuration.md` for each. */
export type AdmissionLimits = ServiceConfig['admission'];

/** The part of a provider's and of all limits that requests without a valid access token may take; the rest is kept for callers. */
export const strangersShare = 0.75;

/** How many addresses, and how many callers, are remembered: of more, the one that was silent for longest starts anew. */
export const rememberedOwners = 50_000;
