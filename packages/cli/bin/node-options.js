// The options of Node for a process that must answer evenly. Runs under any Node.

/**
 * Node starts four threads that collect garbage, whatever the machine has, and lets short-lived objects fill 16 MiB or more before it collects
 * them: on few cores both keep requests waiting. Figures: `npm run bench -- hostile`.
 */
export const nodeOptionsFor = (cores) => [
  `--v8-pool-size=${Math.min(4, Math.max(1, cores - 1))}`,
  '--max-semi-space-size=8',
];
