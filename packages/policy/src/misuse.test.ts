/** Wrong options throw, whatever is wrong with a policy is an answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CompiledPolicy,
  type CompileOptions,
  compilePolicy,
  configure,
  type EvaluateOptions,
  evaluatePolicy,
  evaluationReport,
  explainRefusal,
  formatPolicy,
  unwrap,
} from './index.ts';

const text = 'version=1.0; authorizationrules { => permit(); }; issuancerules {};';
const compiled = compilePolicy(text);
assert.ok(compiled.ok);
const policy = compiled.value;
const misuse = (option: string, code = 'option-invalid') => ({ name: 'ConfigurationError', option, code });

test('an unknown attestation type or option of compiling is misuse', () => {
  const cases: readonly (readonly [object, ReturnType<typeof misuse>])[] = [
    [{ attestationType: 'sgx' }, misuse('options.attestationType')],
    [{ attestationType: 'constructor' }, misuse('options.attestationType')],
    [{ strict: 'yes' }, misuse('options.strict')],
    [{ type: 'SgxEnclave' }, misuse('options.type', 'option-unknown')],
  ];
  for (const [options, expected] of cases) assert.throws(() => compilePolicy(text, options), expected);
  assert.throws(
    () => evaluationReport(text, [], { attestationType: 'sgx' } as unknown as CompileOptions),
    misuse('options.attestationType'),
  );
  assert.throws(() => compilePolicy(new Uint8Array() as unknown as string), misuse('text'));
});

test('an unknown option of evaluating is misuse', () => {
  const cases: readonly (readonly [object, ReturnType<typeof misuse>])[] = [
    [{ trace: 'yes' }, misuse('options.trace')],
    [{ work: Number.NaN }, misuse('options.work')],
    [{ budget: 1 }, misuse('options.budget', 'option-unknown')],
  ];
  for (const [options, expected] of cases) {
    assert.throws(() => evaluatePolicy(policy, [], options as EvaluateOptions), expected);
  }
});

test('a refused text is an outcome whose refusal is the first of its errors', () => {
  const outcome = compilePolicy('version=1.0; authorizationrules { => premit(); => ; };');
  const refusal = { code: 'unknown-action', where: 'line 1, column 38' };
  assert.ok(!outcome.ok);
  const { code, where, why } = outcome.refusal;
  const [first = assert.fail()] = outcome.errors;
  assert.deepEqual({ code, where }, refusal);
  assert.deepEqual([why, outcome.errors.length], [[first.message, first.hint].filter(Boolean).join(' '), 2]);
  assert.throws(() => unwrap(outcome), { name: 'Refused', refusal: outcome.refusal });
  assert.equal(unwrap(compilePolicy(text)).text, text);
  const formatted = formatPolicy('version=1.0; authorizationrules { => premit(); };');
  assert.deepEqual(formatted.ok ? '' : formatted.refusal.code, 'unknown-action');
});

test('only what compilePolicy returned is a policy, and it shows no program', () => {
  assert.deepEqual(Object.keys(policy).sort(), ['hash', 'text', 'version']);
  for (const imitation of [{ ...policy }, text, undefined, Object.create(policy)]) {
    // What a caller without types can pass.
    const passed = imitation as CompiledPolicy;
    assert.throws(() => evaluatePolicy(passed, []), misuse('policy'));
    assert.throws(() => configure(passed), misuse('policy'));
    assert.throws(() => explainRefusal(passed, []), misuse('policy'));
  }
});
