/** `atesto policy …`: checks, formats, evaluates and explains policies, and ends with the documented numbers. */

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { writeExactJson } from '@atesto/core';
import { vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly incomingClaims: never;
  readonly expect: {
    readonly parse: 'ok' | 'error';
    readonly errorLine?: number;
    readonly warnings?: boolean;
    readonly evaluation?: 'error';
    readonly authorized?: boolean;
    readonly outgoing?: object;
    readonly properties?: object;
    readonly configuration?: object;
  };
}

/** Integers that JavaScript's numbers cannot hold become `bigint`, so that the comparison is exact. */
function exactJson(text: string) {
  return JSON.parse(text, (_name, value, context?: { readonly source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
      ? BigInt(context?.source ?? value)
      : value,
  );
}

describe('atesto policy eval over every case', { skip: vectorsMissing('policy') }, () => {
  const directory = temporaryDirectory();
  const path = vectorPath('policy', 'cases.json');
  const cases: readonly Case[] = existsSync(path) ? exactJson(readFileSync(path, 'utf8')) : [];
  test('there are 101 cases', () => assert.equal(cases.length, 101));
  for (const [index, { name, policy, incomingClaims, expect }] of cases.entries()) {
    test(name, async () => {
      const policyFile = join(directory, `${index}.txt`);
      const claimsFile = join(directory, `${index}.json`);
      writeFileSync(policyFile, policy);
      writeFileSync(claimsFile, writeExactJson(incomingClaims));
      const { exitCode, stdout, stderr } = await runCli([
        'policy',
        'eval',
        policyFile,
        '--claims',
        claimsFile,
        '--json',
      ]);
      assert.equal(stderr, '');
      const report = exactJson(stdout);
      assert.equal(report.parse, expect.parse);
      if (expect.errorLine !== undefined) assert.equal(report.errors[0].line, expect.errorLine);
      if (expect.parse === 'error') {
        assert.equal(exitCode, 2);
        return;
      }
      assert.deepEqual(report.errors, []);
      assert.equal(report.warnings.length > 0, expect.warnings === true);
      assert.equal(report.evaluation, expect.evaluation ?? 'ok');
      const { authorized, outgoing, properties, configuration } = report;
      const actual = { authorized, outgoing, properties, configuration };
      assert.deepEqual({ ...actual, ...pick(expect) }, actual);
      assert.equal(exitCode, report.evaluation === 'ok' && authorized ? 0 : 1);
    });
  }
});

function pick({ authorized, outgoing, properties, configuration }: Case['expect']): object {
  const given = Object.entries({ authorized, outgoing, properties, configuration });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

const sound = 'version=1.0;\nauthorizationrules {\n  [type=="x", value==1] => permit();\n};\n';
const wrong = 'version=1.0;\nauthorizationrules {\n  [type=="x", value=1] => permit();\n  => premit();\n};\n';
const claim = (value: number): string => JSON.stringify([{ type: 'x', value, issuer: 'AttestationService' }]);

describe('atesto policy check', () => {
  test('shows each error and warning with its line, its place and how to mend it', async () => {
    const { exitCode, stdout } = await runCli(['policy', 'check', '-'], { stdin: wrong });
    assert.equal(exitCode, 2);
    assert.equal(
      stdout,
      `warning 3:20 A single = stands in a test; it is read as ==. [single-equals]
  3 |   [type=="x", value=1] => permit();
    |                    ^
  hint: Write ==.
error 4:6 There is no action premit. [unknown-action]
  4 |   => premit();
    |      ^^^^^^
  hint: Did you mean permit?
refused: 1 error, 1 warning
`,
    );
  });

  test('counts notes beside the verdict: a misspelt claim of the service and a value that it never has', async () => {
    const text =
      'version=1.0;\nauthorizationrules {\n  [type=="x-ms-sgx-mrsignr"] &&\n  [type=="x-ms-sgx-is-debuggable", value=="false"] => permit();\n};\n';
    const { exitCode, stdout } = await runCli(['policy', 'check', temporaryFile('policy.txt', text)]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^note 3:10 .+\[unknown-service-claim\]$/m);
    assert.match(stdout, /^ {2}hint: Did you mean x-ms-sgx-mrsigner\?$/m);
    assert.match(stdout, /^note 4:43 .+\[never-holds\]$/m);
    assert.match(stdout, /^sound: version 1\.0, no errors, no warnings, 2 notes, hash /m);
  });

  test('prints version and hash of a sound policy, given as text or in a JWS', async () => {
    const text = 'version= 1.0;authorizationrules{=> permit();};';
    const payload = JSON.stringify({ AttestationPolicy: Buffer.from(text).toString('base64url') });
    const jws = `eyJhbGciOiJub25lIn0.${Buffer.from(payload).toString('base64url')}.`;
    const expected = 'sound: version 1.0, no errors, no warnings, hash 9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco\n';
    for (const stdin of [text, jws]) {
      const { exitCode, stdout } = await runCli(['policy', 'check', '-'], { stdin });
      assert.deepEqual([exitCode, stdout], [0, expected]);
    }
  });

  test('prints JSON, and takes warnings for errors when strict', async () => {
    const text = wrong.replace('=> premit();', '');
    const lenient = await runCli(['policy', 'check', '-', '--json'], { stdin: text });
    const { parse, errors, warnings } = JSON.parse(lenient.stdout);
    assert.deepEqual([lenient.exitCode, parse, errors, warnings[0].code], [0, 'ok', [], 'single-equals']);
    const strict = await runCli(['policy', 'check', '-', '--json', '--strict'], { stdin: text });
    assert.deepEqual([strict.exitCode, JSON.parse(strict.stdout).errors[0].code], [2, 'single-equals']);
  });

  test('knows what has no effect for the attestation type', async () => {
    const stdin =
      'version=1.1; configurationrules { => issueproperty(type="required_pcr_mask", value=1); }; authorizationrules { => permit(); };';
    const codes = async (type: string) => {
      const { stdout } = await runCli(['policy', 'check', '-', '--json', '--type', type], { stdin });
      return JSON.parse(stdout).warnings.map(({ code }: { code: string }) => code);
    };
    assert.deepEqual([await codes('sgxenclave'), await codes('Tpm')], [['property-other-type'], []]);
  });

  test('refuses a type, a file and a JWS that it does not know', async () => {
    const { exitCode, stderr } = await runCli(['policy', 'check', '-', '--type', 'Sgx'], { stdin: sound });
    assert.deepEqual([exitCode, stderr.includes('SgxEnclave, OpenEnclave')], [2, true]);
    assert.equal((await runCli(['policy', 'check', '/nowhere'])).exitCode, 2);
    const jws = await runCli(['policy', 'check', '-'], { stdin: 'e30.e30.' });
    assert.deepEqual([jws.exitCode, /the JWS holds no policy/.test(jws.stderr)], [2, true]);
  });

  test('lets nothing through that a terminal acts on', async () => {
    const { stdout } = await runCli(['policy', 'check', '-'], { stdin: 'version=1.0; \u001b[31m' });
    assert.ok(stdout.includes('[unknown-character]') && !stdout.includes('\u001b'));
  });
});

describe('atesto policy format', () => {
  test('prints the canonical text', async () => {
    const stdin = 'version= 1.0;authorizationrules{[type=="x",value=1]=>permit();};';
    assert.deepEqual(await runCli(['policy', 'format', '-'], { stdin }), {
      exitCode: 0,
      stdout: 'version=1.0;\n\nauthorizationrules {\n  [type=="x", value==1] => permit();\n};\n',
      stderr: '',
    });
  });

  test('prints nothing but the errors of a text that has no form', async () => {
    const { exitCode, stdout, stderr } = await runCli(['policy', 'format', '-'], { stdin: wrong });
    assert.deepEqual([exitCode, stdout, stderr.startsWith('error 4:6 There is no action premit.')], [2, '', true]);
  });
});

test('the policy of docs/policies.md is sound and in its canonical layout', async () => {
  const page = readFileSync(new URL('../../../../docs/policies.md', import.meta.url), 'utf8');
  const [, stdin = ''] = page.split(/^```\n/m);
  assert.equal((await runCli(['policy', 'check', '-', '--strict', '--type', 'SgxEnclave'], { stdin })).exitCode, 0);
  assert.equal((await runCli(['policy', 'format', '-'], { stdin })).stdout, stdin);
});

describe('atesto policy eval', () => {
  const policy = temporaryFile('policy.txt', sound);

  test('prints the verdict and the issued claims', async () => {
    const issuing = `${sound}issuancerules {\n  c:[type=="x"] => issue(type="y", value=c.value);\n};\n`;
    const claims = temporaryFile('claims.json', claim(1));
    const { exitCode, stdout } = await runCli(['policy', 'eval', '-', '--claims', claims], { stdin: issuing });
    assert.deepEqual([exitCode, stdout], [0, 'authorized\nissued\n  y  1\n']);
  });

  test('prints why claims are not authorized', async () => {
    const { exitCode, stdout } = await runCli(['policy', 'eval', policy, '--claims', '-'], { stdin: claim(2) });
    const expected = 'not authorized: No rule permitted. The rule in line 3 needs x with value == 1, and it is 2.\n';
    assert.deepEqual([exitCode, stdout], [1, expected]);
  });

  test('prints which rule cannot be evaluated', async () => {
    const stdin = 'version=1.2;\nauthorizationrules {\n  [value==NegateBool("x")] => permit();\n};';
    const text = stdin.replace('NegateBool("x")', 'JsonToClaimValue("{")');
    const { exitCode, stdout } = await runCli(['policy', 'eval', '-', '--claims', temporaryFile('c.json', '[]')], {
      stdin: text,
    });
    assert.deepEqual([exitCode, stdout.startsWith('failed: The policy could not be evaluated: line 3')], [1, true]);
  });

  test('refuses claims that are none', async () => {
    for (const stdin of ['[{"type":""}]', '[{"type":"x","value":1.5}]', 'x']) {
      const { exitCode, stderr } = await runCli(['policy', 'eval', policy, '--claims', '-'], { stdin });
      assert.deepEqual([exitCode, /^atesto: the claims -: /.test(stderr)], [2, true], stdin);
    }
  });

  test('is there for users', async () => {
    const { exitCode } = await spawnCli(['policy', 'eval', policy, '--claims', '-', '--json'], { stdin: claim(1) });
    assert.equal(exitCode, 0);
  });
});

describe('atesto policy explain', () => {
  test('prints each rule, condition and test, and the claims that were made', async () => {
    const policy = temporaryFile(
      'policy.txt',
      `version=1.2;
authorizationrules {
  ![type=="debug"] && c:[type=="x", value==1] => permit();
  c:[type=="x"] => add(type="y", value=AppendString("n", "o"));
};`,
    );
    const { exitCode, stdout } = await runCli(['policy', 'explain', policy, '--claims', '-'], { stdin: claim(2) });
    assert.equal(exitCode, 1);
    assert.equal(
      stdout,
      `not authorized: No rule permitted. The rule in line 3 needs x with value == 1, and it is 2.
authorizationrules
  line 3  permit: skipped
    yes ![type == "debug"] 0 claims
    no  c:[type == "x", value == 1] 0 claims
        value that there is: 2
  line 4  add: made
    yes c:[type == "x"] 1 claim
      + y = "no"
`,
    );
  });

  test('needs claims or evidence, and with evidence what its appraisal needs', async () => {
    const policy = temporaryFile('policy.txt', sound);
    for (const args of [[], ['--claims', 'a', '--evidence', 'b'], ['--evidence', 'b', '--type', 'SgxEnclave']]) {
      assert.equal((await runCli(['policy', 'explain', policy, ...args])).exitCode, 2, args.join(' '));
    }
  });

  describe('over real evidence', { skip: vectorsMissing('sgx') }, () => {
    const name = 'v3-processor-ca-config-and-sw-hardening';
    const from = (at: string, type: string): string[] => [
      ...[
        '--evidence',
        vectorPath('sgx', name, 'quote.bin'),
        '--collateral',
        vectorPath('sgx', name, 'collateral.json'),
      ],
      ...['--type', type, '--at', at, '--json'],
    ];
    const policy = temporaryFile(
      'policy.txt',
      `version=1.0; authorizationrules { [type=="x-ms-attestation-type", value=="sgx"] && [type=="$tee", value=="sgx"] => permit(); };
       issuancerules { c:[type=="x-ms-sgx-mrenclave"] => issue(type="enclave", value=c.value); };`,
    );

    test('takes the claims of its appraisal', async () => {
      const { exitCode, stdout } = await runCli(['policy', 'explain', policy, ...from('2025-06-20', 'SgxEnclave')]);
      assert.equal(exitCode, 0);
      assert.match(JSON.parse(stdout).outgoing.enclave, /^[0-9a-f]{64}$/);
    });

    test('takes the claims of an SEV-SNP report, with AMD\u2019s certificates of a directory', async () => {
      const folder = temporaryDirectory();
      const vector = (...path: string[]): string => vectorPath('sevsnp', ...path);
      copyFileSync(vector('v3-milan-vcek', 'vcek.pem'), join(folder, 'vcek.pem'));
      for (const name of ['ARK-Milan.pem', 'SEV-Milan.pem']) copyFileSync(vector('amd-ca', name), join(folder, name));
      const stdin =
        'version=1.0; authorizationrules { [type=="x-ms-attestation-type", value=="sevsnpvm"] => permit(); }; issuancerules { c:[type=="x-ms-sevsnpvm-launchmeasurement"] => issue(type="measured", value=c.value); };';
      const evidence = ['--evidence', vector('v3-milan-vcek', 'report.bin'), '--collateral', folder];
      const options = ['--type', 'SevSnpVm', '--at', '2025-11-01', '--json'];
      const { exitCode, stdout, stderr } = await runCli(['policy', 'explain', '-', ...evidence, ...options], { stdin });
      assert.deepEqual([exitCode, stderr], [0, '']);
      assert.match(JSON.parse(stdout).outgoing.measured, /^5feee30d6d7e1a29/);
    });

    test('refuses evidence that does not hold, and types that are not appraised here', async () => {
      const early = await runCli(['policy', 'explain', policy, ...from('2001-01-01', 'SgxEnclave')]);
      const { code, message } = JSON.parse(early.stderr).error;
      assert.deepEqual([early.exitCode, /^[a-z-]+-[a-z-]+$/.test(code)], [1, true]);
      assert.match(message, /^the evidence is refused: /);
      const tpm = await runCli(['policy', 'explain', policy, ...from('2025-06-20', 'Tpm')]);
      assert.deepEqual([tpm.exitCode, tpm.stderr.includes('evidence of Tpm is not appraised here')], [2, true]);
    });
  });
});

describe('atesto policy test', () => {
  const policy = `version=1.0;
authorizationrules { [type=="svn", value>=3] => permit(); };
issuancerules { c:[type=="svn"] => issue(type="level", value=c.value); };`;
  const file = temporaryFile('tested.txt', policy);
  let count = 0;
  const cases = (list: string, more = ''): string => {
    const path = join(dirname(file), `${count++}.jsonc`);
    writeFileSync(path, `// what the team agreed on\n{"policy": "tested.txt", ${more} "cases": [${list}],}\n`);
    return path;
  };
  const current = '{"name": "current", "claims": {"svn": 3}, "expect": "permitted"}';
  const old = '{"name": "too old", "claims": [{"type": "svn", "value": 2}], "expect": "denied"}';
  const wrong =
    '{"name": "wrong", "claims": {"svn": 3}, "expect": {"decision": "permitted", "outgoing": {"level": 4}}}';

  test('ends with 0 when every case passes; the file may have comments and trailing commas', async () => {
    const { exitCode, stdout } = await runCli(['policy', 'test', cases(`${current}, /* no more */ ${old},`)]);
    assert.deepEqual([exitCode, stdout], [0, 'passed  current\npassed  too old\n2 passed, 0 failed\n']);
  });

  test('ends with 1 when a case fails, and says how', async () => {
    const { exitCode, stdout } = await runCli(['policy', 'test', cases(`${current}, ${wrong}`)]);
    const expected = 'passed  current\nfailed  wrong\n        outgoing: level is 3, not 4.\n1 passed, 1 failed\n';
    assert.deepEqual([exitCode, stdout], [1, expected]);
  });

  test('prints the results as JSON', async () => {
    const { exitCode, stdout } = await runCli(['policy', 'test', cases(wrong), '--json']);
    const differences = ['outgoing: level is 3, not 4.'];
    const results = [{ name: 'wrong', passed: false, decision: 'permitted', differences }];
    assert.deepEqual([exitCode, JSON.parse(stdout)], [1, { passed: false, errors: [], results }]);
  });

  test('takes the policy of the call before that of the file', async () => {
    const other = temporaryFile('other.txt', policy.replace('>=3', '>=4'));
    const args = ['policy', 'test', cases(current), '--policy'];
    assert.equal((await runCli([...args, other])).exitCode, 1);
    assert.equal((await runCli([...args, '-'], { stdin: policy })).exitCode, 0);
    assert.equal((await runCli([...args, file])).exitCode, 0);
  });

  test('ends with 2 when the policy has errors', async () => {
    const broken = temporaryFile('broken.txt', 'version=1.0; authorizationrules');
    const { exitCode, stdout } = await runCli(['policy', 'test', cases(current), '--policy', broken]);
    assert.deepEqual([exitCode, stdout.endsWith('refused: the policy has errors\n')], [2, true]);
  });

  test('ends with 2 when the cases are none, and says where', async () => {
    for (const [path, expected] of [
      [temporaryFile('syntax.json', '{\n  "cases": [\n    nothing\n]}'), /: line 3, column 5: /],
      [temporaryFile('list.json', '[]'), /: a list of cases is missing/],
      [temporaryFile('no-policy.json', `{"cases": [${current}]}`), /there is no policy/],
      [temporaryFile('member.json', '{"cases": [], "polcy": "x"}'), /: polcy is no member/],
      [temporaryFile('text.json', '{"cases": [], "policy": 1}'), /: policy is no text/],
      [cases(''), /: cases: expected a list of at least one case/],
      [cases(`${current}, ${current}`), /: cases\[1\]\.name: expected a name of its own, not current again/],
      [
        cases('{"name": "a", "claims": [{"type": "x", "value": 1.5}], "expect": "denied"}'),
        /cases\[0\]: .+ \[invalid-claim\]/,
      ],
      [cases(current, '"attestationType": "toaster",'), /--type names no attestation type/],
      [join(dirname(file), 'there-is-no-such-file.json'), /: there is no such file/],
    ] as const) {
      const { exitCode, stderr } = await runCli(['policy', 'test', path]);
      assert.equal(exitCode, 2);
      assert.match(stderr, expected);
    }
  });
});
