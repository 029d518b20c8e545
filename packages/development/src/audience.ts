/** Tells for which audience a client asks, from the parameters `scope` and `resource` of its token request. */
import { errors } from 'oidc-provider';

/** What a token may be for, in order of preference: a request that names none gets the first. */
export type Audiences = readonly [string, ...string[]];

/** What a request gets. */
export interface RequestedAudience {
  readonly audience: string;
  /** The scopes of the request that name the audience, as the client wrote them; its own where there are none. */
  readonly scope: string;
}

const suffix = '/.default';
/** OpenID Connect's own, which Azure's libraries add to every request: they say nothing of an audience. */
const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access']);

/** The scope of an audience. */
export function scopeOf(audience: string): string {
  return `${audience}${suffix}`;
}

/**
 * Reads the scopes as a set. A slash at the end of the audience's name makes no difference, since Azure's clients write it either way.
 *
 * @param scope separated by spaces (RFC 6749, section 3.3)
 * @param resource an audience (RFC 8707, and version 1 of Entra's endpoint)
 * @throws `InvalidScope` for an unknown scope, for scopes of several audiences, and for those that name none; `InvalidTarget` for an unknown resource
 */
export function requestedAudience(
  { scope, resource }: { readonly scope: string | undefined; readonly resource?: string },
  audiences: Audiences,
): RequestedAudience {
  const scopes = (scope ?? '').split(' ').filter((one) => one !== '');
  const named = scopes.filter((one) => !openIdScopes.has(one));
  const found = named.map((one) => audienceOfScope(one, audiences));
  const target = resource === undefined ? undefined : audienceNamed(resource, audiences);
  if (resource !== undefined && target === undefined) throw new errors.InvalidTarget();
  const audience = target ?? found[0];
  if (audience === undefined && scopes.length > 0) {
    throw new errors.InvalidScope(`no scope names an audience; add ${scopeOf(audiences[0])}`, scopes.join(' '));
  }
  const [one = audiences[0]] = audience === undefined ? [] : [audience];
  const other = found.findIndex((each) => !isSame(each, one));
  if (other !== -1) throw new errors.InvalidScope('the scopes are for more than one audience', named[other] ?? '');
  return { audience: one, scope: named.length === 0 ? scopeOf(one) : named.join(' ') };
}

function audienceOfScope(scope: string, audiences: Audiences): string {
  const audience = scope.endsWith(suffix) ? audienceNamed(scope.slice(0, -suffix.length), audiences) : undefined;
  if (audience !== undefined) return audience;
  const known = [...new Set(audiences.map((one) => scopeOf(bare(one))))];
  throw new errors.InvalidScope(`unknown scope; there are ${known.join(' and ')}`, scope);
}

function audienceNamed(name: string, audiences: Audiences): string | undefined {
  return audiences.find((one) => one === name) ?? audiences.find((one) => isSame(one, name));
}

function isSame(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

function bare(audience: string): string {
  return audience.replace(/\/$/, '');
}
