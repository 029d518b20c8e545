/** JMESPath queries that rules build, over documents of callers: the query up to the first line end, then the document. */
import { compilePolicy, evaluatePolicy } from '@atesto/policy';
import type { FuzzTarget } from '../engine/target.ts';

const compiled = compilePolicy(
  'version=1.2;authorizationrules{d:[type=="d"] && q:[type=="q"] => add(type="r", value=JmesPath(d.value, q.value)); r:[type=="r"] => add(type="v", value=JsonToClaimValue(r.value)); => permit();};',
);
if (!compiled.ok) throw new Error('the policy of the target does not compile');
const policy = compiled.value;

const numbers = JSON.stringify(Array.from({ length: 200 }, (_, at) => at));
const events = '{"Events":[{"PcrIndex":7,"Name":"SecureBoot","Data":[1,2.5e1,"x"]},{"PcrIndex":12,"Name":"\\u00e9"}]}';
const seeds: readonly (readonly [query: string, document: string])[] = [
  ['Events[?PcrIndex==`7`].{n:Name,d:Data[*]}|sort_by(@,&n)', events],
  ["Events[].Name|join(',',@)|length(@)", events],
  ['[*]|[@,@][]|sort(@)|reverse(@)|sum(@)', numbers],
  ['map(&to_string(@),@)|[?contains(@,`"7"`)]|max(@)', numbers],
  ['merge(@,{a:`{"b":[1]}`})|values(@)|[::-1]|not_null(@)', '{"a":1,"b":[true,null,9223372036854775807]}'],
  ["[0].equals_ignore_case(@,'A')||ends_with(@,'b')&&!starts_with(@,'c')", '["a","b"]'],
];

export const target: FuzzTarget = {
  seeds: seeds.map(([query, document]) => Buffer.from(`${query}\n${document}`)),
  dictionary: [
    '|[@,@]',
    '[*]',
    '[]',
    '[?',
    '&@',
    '||',
    '&&',
    '`[1,{}]`',
    'to_number(',
    'avg(',
    '1e400',
    '18446744073709551616',
    '{},',
  ].map((word) => Buffer.from(word)),
  run: (input) => {
    const text = Buffer.from(input).toString();
    const [query = ''] = text.split('\n', 1);
    const document = text.slice(query.length + 1);
    const verdict = evaluatePolicy(policy, [
      { type: 'd', value: document, issuer: 'CustomClaim' },
      { type: 'q', value: query, issuer: 'CustomClaim' },
    ]);
    return { code: verdict.decision === 'failed' ? verdict.refusal.code : 'accepted' };
  },
};
