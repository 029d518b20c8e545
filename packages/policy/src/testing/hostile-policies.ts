/**
 * Policies that try to use too much memory or time, for tests and benchmarks. They need no claim but `x-ms-attestation-type`, so that
 * anybody can send them as a draft with genuine evidence.
 */
import type { Claim } from '../claims/claim.ts';
import type { PolicyCode } from '../codes.ts';
import { limits } from '../limits.ts';

/** One attack. */
export interface HostilePolicy {
  /** Kebab-case. */
  readonly name: string;
  readonly text: string;
  /** The code with which it ends: that of its compilation, or of its evaluation. */
  readonly code: PolicyCode;
}

/** The one claim that these policies ask for. */
export const attestedClaims: readonly Claim[] = [
  { type: 'x-ms-attestation-type', value: 'sgx', issuer: 'AttestationService' },
];

const authorizing = (rules: readonly string[]): string =>
  `version=1.2;authorizationrules{=> permit();${rules.join('')}};`;
const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Rules that make a claim `type` whose value is the text, doubled so many times. */
function doubled(type: string, text: string, times: number): string[] {
  const first = `=> add(type="${type}0", value=${quoted(text)});`;
  const steps = Array.from(
    { length: times },
    (_, at) => `c:[type=="${type}${at}"] => add(type="${type}${at + 1}", value=AppendString(c.value, c.value));`,
  );
  return [first, ...steps];
}

/** Rules for the numbers from 0. */
function each(count: number, rule: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => rule(at));
}

/** Documents of up to a MiB, each another, of one piece of JSON again and again. */
function bomb(piece: string, count: number): string {
  const times = Math.floor(Math.log2(900_000 / 1000));
  const read = (at: number): string =>
    `d:[type=="d${times}"] => add(type="z", value=JmesPath(AppendString(AppendString("[${at},", d.value), "0]"), "length(@)"));`;
  return authorizing([...doubled('d', piece.repeat(Math.floor(1000 / piece.length)), times), ...each(count, read)]);
}

/** Queries of up to 64K characters, each another. */
function queries(piece: string, count: number): string {
  const search = (at: number): string =>
    `q:[type=="q6"] => add(type="z", value=JmesPath("1", AppendString(AppendString("[\`${at}\`", q.value), "]")));`;
  return authorizing([...doubled('q', piece.repeat(Math.floor(1000 / piece.length)), 6), ...each(count, search)]);
}

const thousand = JSON.stringify(Array.from({ length: 1000 }, () => 1));

/** The attacks. */
export const hostilePolicies: readonly HostilePolicy[] = [
  { name: 'objects', text: bomb('{},', 64), code: 'limit-memory' },
  { name: 'arrays', text: bomb('[0],', 64), code: 'limit-memory' },
  { name: 'strings', text: bomb('"a string that is kept",', 64), code: 'limit-work' },
  { name: 'escapes', text: bomb('"\\n\\n\\n\\n\\n\\n\\n\\n",', 64), code: 'limit-memory' },
  { name: 'exponents', text: bomb('15e-1,', 64), code: 'limit-work' },
  { name: 'long-whole-numbers', text: bomb('9223372036854775807,', 64), code: 'limit-work' },
  { name: 'members', text: bomb('{"a":{"b":1}},', 64), code: 'limit-memory' },
  { name: 'queries-of-lists', text: queries(',@', 64), code: 'limit-memory' },
  { name: 'queries-of-steps', text: queries(',@|@|@|@', 64), code: 'limit-work' },
  { name: 'queries-of-literals', text: queries(',`[{},{},{},{},{},{},{}]`', 64), code: 'limit-memory' },
  {
    name: 'nested-projections',
    text: authorizing([
      `=> add(type="d", value=${quoted(thousand)});`,
      `d:[type=="d"] => add(type="z", value=JmesPath(d.value, "[@,@,@,@]|[*].{a:@,b:@}|[*].[a,b][]|[*][*].{c:@}|length(@)"));`.repeat(
        40,
      ),
    ]),
    code: 'limit-work',
  },
  {
    name: 'digits-that-are-no-number',
    text: authorizing([
      ...doubled('d', '1'.repeat(1000), 9),
      `c:[type=="d9"] => add(type="z", value=JmesPath(AppendString(AppendString("[\\"", c.value), "x\\"]"), "[${Array(60).fill('to_number([0])').join()}]"));`,
    ]),
    code: 'limit-work',
  },
  {
    name: 'numbers-of-a-long-text',
    text: authorizing([
      ...doubled('d', '1'.repeat(1000), 9),
      `c:[type=="d9"] => add(type="z", value=JmesPath(AppendString(AppendString("[\\"0.", c.value), "\\"]"), "[${Array(60).fill('to_number([0])').join()}]"));`,
    ]),
    code: 'limit-work',
  },
  {
    name: 'reversed-text',
    text: authorizing([
      ...doubled('d', 'é'.repeat(1000), 8),
      `c:[type=="d8"] => add(type="z", value=JmesPath(AppendString(AppendString("[\\"", c.value), "\\"]"), "[${Array(60).fill('reverse([0])').join()}]|length(@)"));`,
    ]),
    code: 'limit-memory',
  },
  {
    name: 'rows-that-come-to-nothing',
    text: authorizing([
      '=> add(type="a", value=1);',
      'c:[type=="a"] => add(claim=c);'.repeat(12),
      ...each(500, () => 'c:[type=="a"] => add(type=c.type, value=c.value, valueType=JsonToClaimValue("[]"));'),
    ]),
    code: 'limit-work',
  },
  {
    name: 'errors',
    text: `version=1.2;authorizationrules{${'~'.repeat(limits.textBytes - 40)}};`,
    code: 'limit-errors',
  },
];
