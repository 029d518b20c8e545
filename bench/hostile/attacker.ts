/** The attacker, as a process of the benchmark: asked with an order, it attacks for so long and answers what it got. */
import { setPriority } from 'node:os';
import { answerMessages } from '../service/process.ts';
import type { Target } from './attack.ts';
import { attacks } from './attacks.ts';

/** Which attack, on whom, how long. */
export interface AttackOrder extends Target {
  readonly attack: string;
  readonly milliseconds: number;
}

function isOrder(message: unknown): message is AttackOrder {
  return typeof message === 'object' && message !== null && 'attack' in message;
}

// Attackers are other machines: what they compute must not slow the bystander, who shares their core.
setPriority(19);
answerMessages(
  async (message) => {
    if (!isOrder(message)) return {};
    const attack = attacks.find(({ name }) => name === message.attack);
    if (attack === undefined) throw new Error(`there is no attack ${message.attack}`);
    return attack.run(message, AbortSignal.timeout(message.milliseconds));
  },
  () => process.exit(),
);
