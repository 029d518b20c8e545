/** Pins the types of the public API: this file only has to compile. */
import {
  type AttestationFacts,
  attestationClaims,
  currentKey,
  type generateSigningKey,
  issueToken,
  type issueTokenInPool,
  type JsonObject,
  type JsonWebKeySet,
  jwks,
  type KeyRing,
  type openSigningKey,
  type PublishedKey,
  type SigningKey,
  sealSigningKey,
  type TokenCode,
  type TokenOutcome,
} from './index.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

declare const key: SigningKey;
declare const published: PublishedKey;
declare const facts: AttestationFacts;
declare const claims: JsonObject;
declare const ring: KeyRing<SigningKey>;

same<ReturnType<typeof issueToken>, TokenOutcome<string>>(true);
same<ReturnType<typeof issueTokenInPool>, Promise<TokenOutcome<string>>>(true);
same<ReturnType<typeof attestationClaims>, TokenOutcome<JsonObject>>(true);
same<ReturnType<typeof generateSigningKey>, Promise<TokenOutcome<SigningKey>>>(true);
same<ReturnType<typeof openSigningKey>, Promise<TokenOutcome<SigningKey>>>(true);
same<ReturnType<typeof jwks>, JsonWebKeySet>(true);

const signer = currentKey(ring, new Date());
same<typeof signer, SigningKey | undefined>(true);

const outcome = issueToken(key, claims);
if (outcome.ok) same<typeof outcome.value, string>(true);
else same<typeof outcome.refusal.code, TokenCode>(true);

jwks([key]);
jwks([published]);
// @ts-expect-error a published key cannot sign
issueToken(published, claims);
// @ts-expect-error development roots are a decision, never an omission
attestationClaims({ ...facts, developmentRoot: undefined });
// @ts-expect-error claims are JSON values
issueToken(key, { iss: 'https://localhost', at: new Date() });
// @ts-expect-error a secret says what kind it is
sealSigningKey(key, { passphrase: 'x' }, (size) => new Uint8Array(size));
// @ts-expect-error an outcome must be looked at before its value is used
issueToken(key, claims).value;
