/** The state of one evaluation: the incoming claims, the results of rules, and the remaining budget. */

import type { Budget } from '../budget.ts';
import { type Claim, type ClaimValue, greatestInteger, leastInteger } from '../claims/claim.ts';
import { type CompiledQuery, compileQuery } from '../jmespath/compile.ts';
import { readJson } from '../json/read.ts';
import type { JsonValue } from '../json/value.ts';
import { limits } from '../limits.ts';
import { fail } from '../refusal.ts';
import type { Recorder } from '../trace/recorder.ts';
import type { CompiledRule, Program, Run, RunWarning } from './program.ts';

/** A claim that the token will carry, or a property. */
export interface Issued {
  readonly type: string;
  readonly values: ClaimValue[];
}

const none: readonly Claim[] = [];

/** The state of an evaluation. */
export class RunState implements Run {
  readonly program: Program;
  readonly budget: Budget;
  readonly recorder: Recorder | undefined;
  readonly claims: Claim[] = [];
  readonly outgoing: Issued[] = [];
  readonly properties = new Map<string, ClaimValue>();
  readonly configuration: Map<string, ClaimValue>;
  readonly warnings: RunWarning[] = [];
  rule: CompiledRule | undefined;
  readonly #bySlot: (Claim[] | undefined)[] = [];
  #outgoingByType: Map<string, Issued> | undefined;
  #outgoingLength = 0;
  /** By the length of their text, then by the text. */
  #documents: Map<number, Map<string, JsonValue>> | undefined;
  #queries: Map<string, CompiledQuery> | undefined;

  constructor(program: Program, budget: Budget, recorder: Recorder | undefined) {
    this.program = program;
    this.budget = budget;
    this.recorder = recorder;
    this.configuration = new Map();
  }

  inSlot(slot: number): readonly Claim[] {
    return this.#bySlot[slot] ?? none;
  }

  /** Adds the caller's claims to the incoming set. Refuses invalid claims. */
  accept(claims: readonly Claim[]): void {
    for (const claim of claims) {
      checkClaim(claim);
      this.append(claim);
    }
  }

  append(claim: Claim): void {
    const { claims } = this;
    if (claims.length >= limits.claims) fail('limit-claims', `there are more than ${limits.claims} claims`);
    claims.push(claim);
    const slot = this.program.slots.get(claim.type);
    if (slot === undefined) return;
    const peers = this.#bySlot[slot];
    if (peers === undefined) this.#bySlot[slot] = [claim];
    else peers.push(claim);
  }

  issue(type: string, value: ClaimValue): void {
    this.#outgoingByType ??= new Map();
    this.budget.chargeLookup(type, this.#outgoingByType.size);
    const issued = this.#outgoingByType.get(type);
    if (issued === undefined) {
      const first = { type, values: [value] };
      this.#outgoingByType.set(type, first);
      this.outgoing.push(first);
    } else {
      this.budget.charge(issued.values.length * (typeof value === 'string' ? 1 + (value.length >> 10) : 1));
      if (issued.values.includes(value)) return;
      issued.values.push(value);
    }
    this.#outgoingLength += type.length + (typeof value === 'string' ? value.length : 8);
    if (this.#outgoingLength > limits.outgoingLength)
      fail('limit-outgoing', `the outgoing claims are longer than ${limits.outgoingLength} characters`);
  }

  document(text: string): JsonValue {
    this.budget.charge(1 + (text.length >> 10));
    const peers = this.#documentsLike(text);
    const known = peers.get(text);
    if (known !== undefined) return known;
    const document = readJson(text, this.budget);
    peers.set(text, document);
    return document;
  }

  remember(text: string, document: JsonValue): void {
    this.#documentsLike(text).set(text, document);
  }

  query(text: string): CompiledQuery {
    if (text.length > limits.computedQueryLength)
      fail('limit-query', `a computed query is longer than ${limits.computedQueryLength} characters`);
    this.#queries ??= new Map();
    this.budget.charge(1 + (text.length >> 10));
    this.budget.chargeLookup(text, this.#queries.size);
    const known = this.#queries.get(text);
    if (known !== undefined) return known;
    const compiled = compileQuery(text, this.budget);
    this.#queries.set(text, compiled);
    return compiled;
  }

  /** The documents whose texts have the same length; pays for the lookup. */
  #documentsLike(text: string): Map<string, JsonValue> {
    this.#documents ??= new Map();
    const peers = this.#documents.get(text.length) ?? new Map<string, JsonValue>();
    if (peers.size === 0) this.#documents.set(text.length, peers);
    this.budget.chargeLookup(text, peers.size);
    return peers;
  }
}

function checkClaim({ type, value }: Claim): void {
  if (typeof type !== 'string' || type === '') fail('invalid-claim', 'a claim has no type');
  if (typeof value === 'string') {
    if (value.length > limits.valueLength)
      fail('limit-value', `the value of ${type.slice(0, 64)} is longer than ${limits.valueLength} characters`);
  } else if (typeof value === 'bigint') {
    if (value < leastInteger || value > greatestInteger)
      fail('invalid-claim', `the value of ${type.slice(0, 64)} is outside -2^63 … 2^63-1`);
  } else if (typeof value !== 'boolean') {
    fail('invalid-claim', `the value of ${type.slice(0, 64)} must be a string, 64-bit integer or Boolean`);
  }
}
