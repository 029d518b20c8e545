/** Compiles a policy text to a policy that can be evaluated, or to its diagnostics. */
import {
  type AttestationType,
  attestationTypes,
  ConfigurationError,
  checkOptions,
  checkText,
  isAttestationType,
} from '@atesto/core';
import { checkPolicy } from './check/check.ts';
import { type Diagnostic, Diagnostics, readUntilTooMany, type Span } from './diagnostic.ts';
import { compileProgram } from './evaluate/compile.ts';
import type { Program } from './evaluate/program.ts';
import { policyHash } from './hash.ts';
import { limits } from './limits.ts';
import { type PolicyOutcome, refusalOf } from './refusal.ts';
import type { PolicyTree } from './syntax/ast.ts';
import { parsePolicy } from './syntax/parser.ts';
import { type Version, versions } from './syntax/vocabulary.ts';

/** Known to this package alone: programs are its own affair, and nobody else makes policies. */
let programIn: (policy: CompiledPolicy) => Program;

/** A compiled policy. Immutable; can be evaluated any number of times. Only {@link compilePolicy} makes it. */
export class CompiledPolicy {
  /** As received. */
  readonly text: string;
  /** `x-ms-policy-hash`; see `policyHash`. */
  readonly hash: string;
  readonly version: Version;
  readonly #program: Program;

  static {
    programIn = (policy) => {
      const isPolicy: unknown = policy;
      if (typeof isPolicy === 'object' && isPolicy !== null && #program in isPolicy) return isPolicy.#program;
      throw new ConfigurationError('policy', 'a policy that compilePolicy returned');
    };
  }

  /** @internal */
  constructor(text: string, version: Version, program: Program) {
    this.text = text;
    this.hash = policyHash(text);
    this.version = version;
    this.#program = program;
    Object.freeze(this);
  }
}

/** The program of a policy. Throws `ConfigurationError` for anything but a compiled policy. */
export function programOf(policy: CompiledPolicy): Program {
  return programIn(policy);
}

/** Options of compiling a policy. */
export interface CompileOptions {
  /** The attestation type of the policy; enables checks for what has no effect there. */
  readonly attestationType?: AttestationType;
  /** Treats warnings as errors, for policies that are also deployed to Azure Attestation, which refuses some of these forms. */
  readonly strict?: boolean;
}

/** Everything that was found in a text, in the order of the text. */
export interface PolicyDiagnostics {
  /** Empty unless the text was refused. */
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  readonly notes: readonly Diagnostic[];
}

/** The policy, or the first of its errors as the refusal; with all diagnostics in either case. */
export type CompileOutcome = PolicyOutcome<CompiledPolicy> & PolicyDiagnostics;

/**
 * Reads, checks and compiles a policy text. Stops reading after `limits.diagnostics` errors. Whatever is wrong with the text is a diagnostic;
 * throws `ConfigurationError` for wrong options alone.
 *
 * @example
 * const compiled = compilePolicy('version=1.0; authorizationrules { => permit(); }; issuancerules {};');
 * if (!compiled.ok) for (const { line, message } of compiled.errors) console.error(line, message);
 */
export function compilePolicy(text: string, options: CompileOptions = {}): CompileOutcome {
  checkText(text, 'text');
  checkCompileOptions(options);
  const diagnostics = new Diagnostics();
  const tree = readUntilTooMany(() => readTree(text, options, diagnostics));
  const sorted = diagnostics.sorted(options.strict === true);
  const errors = sorted.filter(({ severity }) => severity === 'error');
  const warnings = sorted.filter(({ severity }) => severity === 'warning');
  const notes = sorted.filter(({ severity }) => severity === 'note');
  const version = versionOf(tree);
  const [first] = errors;
  if (first !== undefined) return { ok: false, refusal: refusalOf(first), errors, warnings, notes };
  if (tree === undefined || version === undefined) throw new Error('a text without errors has a tree and a version');
  return { ok: true, value: new CompiledPolicy(text, version, compileProgram(tree)), errors, warnings, notes };
}

/** Throws `ConfigurationError` for unknown options and attestation types. */
function checkCompileOptions(options: CompileOptions): void {
  checkOptions(options, { attestationType: true, strict: true }, 'options');
  const { attestationType, strict } = options;
  if (attestationType !== undefined && !isAttestationType(attestationType)) {
    throw new ConfigurationError('options.attestationType', `one of ${attestationTypes.join(', ')}`);
  }
  if (strict !== undefined && typeof strict !== 'boolean')
    throw new ConfigurationError('options.strict', 'true or false');
}

const start: Span = { offset: 0, line: 1, column: 1, length: 0 };

function readTree(text: string, options: CompileOptions, diagnostics: Diagnostics): PolicyTree | undefined {
  if (utf8Length(text) > limits.textBytes) {
    diagnostics.error('limit-text', start, `A policy has at most ${limits.textBytes} bytes of UTF-8.`);
    return undefined;
  }
  checkWellFormed(text, diagnostics);
  const tree = parsePolicy(text, diagnostics);
  checkPolicy(tree, { diagnostics, version: versionOf(tree), attestationType: options.attestationType });
  return tree;
}

/** Bytes of UTF-8. Not measured where the answer is plain: a text has at least as many bytes as UTF-16 units. */
function utf8Length(text: string): number {
  return text.length > limits.textBytes ? text.length : new TextEncoder().encode(text).length;
}

const halfCharacter = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** Half of a surrogate pair has no UTF-8 form: the hash would be of another text. */
function checkWellFormed(text: string, diagnostics: Diagnostics): void {
  const offset = text.search(halfCharacter);
  if (offset < 0) return;
  const before = text.slice(0, offset).split('\n');
  const at: Span = { offset, line: before.length, column: (before.at(-1) ?? '').length + 1, length: 1 };
  const point = text.charCodeAt(offset).toString(16).toUpperCase();
  diagnostics.error(
    'unknown-character',
    at,
    `U+${point} is half of a character.`,
    'Remove it, or write the whole one.',
  );
}

function versionOf(tree: PolicyTree | undefined): Version | undefined {
  return versions.find((version) => version === tree?.version?.text);
}
