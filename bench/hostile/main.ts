/**
 * Attacks the service with its default limits, one attack after the other, each on a service of its own, while a bystander attests: prints what
 * the bystander and the attacker got, and the peak of the service's memory.
 */
import { nodeOptionsFor } from '../../packages/cli/bin/node-options.js';
import { canPin, type Partner, startPartner } from '../service/process.ts';
import { writeWorkload } from '../service/workload.ts';
import type { Counts, Target } from './attack.ts';
import type { AttackOrder } from './attacker.ts';
import { attacks } from './attacks.ts';
import type { BystanderOrder, BystanderResult } from './bystander.ts';

/** What one attack did. */
export interface HostileRow {
  readonly name: string;
  readonly quiet: BystanderResult;
  readonly attacked: BystanderResult;
  readonly peakBytes: number;
  readonly got: Counts;
}

const perSecond = 60;
const attestations = 600;
/** As the launcher starts Node where there is one core. */
const oneCore = nodeOptionsFor(1);
/** Until the attacker has all its connections. */
const headStartMs = 2000;
const goals = { slowdown: 3, peakBytes: 512 * 1_048_576 };

/** Runs the attacks whose name contains one of `wanted`; none: all. */
export async function* benchHostile(wanted: readonly string[] = []): AsyncGenerator<HostileRow> {
  const directory = await writeWorkload();
  try {
    for (const attack of attacks) {
      if (wanted.length > 0 && !wanted.some((part) => attack.name.includes(part))) continue;
      const partners: Partner[] = [];
      const start = (file: string, core: number, more: readonly string[] = []): Partner => {
        const partner = startPartner(`../hostile/${file}`, directory.path, core, more, oneCore);
        partners.push(partner);
        return partner;
      };
      try {
        const { auditEntries = 0, settings } = attack;
        const requirement = settings?.requireAccessToken === true ? ['token'] : [];
        const service = start('hostile-server.ts', 0, [String(auditEntries), ...requirement]);
        const bystander = start('bystander.ts', 1);
        const attacker = start('attacker.ts', 1);
        const target = await service.ask<Target>('target');
        const { accessToken, ...open } = target;
        const asked = requirement.length > 0 ? target : open;
        const order: BystanderOrder = { ...asked, perSecond, attestations };
        await bystander.ask<BystanderResult>({ ...order, attestations: perSecond * 3 });
        const quiet = await bystander.ask<BystanderResult>(order);
        const milliseconds = headStartMs + (attestations / perSecond) * 1000;
        const got = attacker.ask<Counts>({ ...target, attack: attack.name, milliseconds } satisfies AttackOrder);
        await new Promise((resolve) => setTimeout(resolve, headStartMs));
        const attacked = await bystander.ask<BystanderResult>(order);
        const { bytes } = await service.ask<{ bytes: number }>('peak');
        yield { name: attack.name, quiet, attacked, peakBytes: bytes, got: await got };
      } finally {
        for (const partner of partners) partner.stop();
      }
    }
  } finally {
    directory.remove();
  }
}

function print({ name, quiet, attacked, peakBytes, got }: HostileRow): void {
  const slowdown = attacked.p99Ms / quiet.p99Ms;
  const isMet = slowdown < goals.slowdown && peakBytes < goals.peakBytes && attacked.failed === 0;
  const wait = ({ p50Ms, p99Ms }: BystanderResult): string => `p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`;
  console.log(`${name}: ${isMet ? 'met' : 'MISSED'}`);
  console.log(
    `  bystander quiet ${wait(quiet)}, attacked ${wait(attacked)} (${slowdown.toFixed(2)} times, goal below 3)`,
  );
  console.log(`  bystander without a token ${attacked.failed} of ${attestations} (quiet ${quiet.failed})`);
  console.log(`  peak memory ${Math.round(peakBytes / 1_048_576)} MiB (goal below 512)`);
  const answers = Object.entries(got).map(([what, times]) => `${what}: ${times}`);
  console.log(`  the attacker got ${answers.join(', ')}`);
}

if (import.meta.main) {
  console.log(canPin ? 'service on one core, bystander and attacker on another' : 'NOT held to one core');
  for await (const row of benchHostile(process.argv.slice(2))) print(row);
}
