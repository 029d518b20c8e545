/**
 * Runs the official clients of other ecosystems, unmodified, against the service, and says what passed. Python's is skipped,
 * visibly, where Python is missing; in CI (variable `CI`) that is a failure.
 */
import { join } from 'node:path';
import { pythonEnvironment } from './python/environment.ts';
import { runClient, type Tally } from './run.ts';
import { startScenario } from './scenario.ts';

const { CI, ...environment } = process.env;
const scenario = await startScenario();
const total: Tally = { passed: 0, failed: 0 };
let skipped = 0;

function count({ passed, failed }: Tally): void {
  total.passed += passed;
  total.failed += failed;
}

try {
  console.log('JavaScript: @azure/attestation 1.0.0 with @azure/identity');
  const javascript = join(import.meta.dirname, 'javascript', 'attest.ts');
  const nodeTrust = { ...environment, NODE_EXTRA_CA_CERTS: scenario.caFile };
  count(await runClient(process.execPath, [javascript, scenario.file], nodeTrust));
  console.log('JavaScript: @azure/attestation 1.0.0 judges tokens of confidential VMs');
  const virtualMachines = join(import.meta.dirname, 'javascript', 'confidential-vm.ts');
  count(await runClient(process.execPath, [virtualMachines, scenario.file], nodeTrust));
  console.log('JavaScript: @azure/arm-attestation 3.0.0 with @azure/identity');
  const management = join(import.meta.dirname, 'javascript', 'manage.ts');
  count(await runClient(process.execPath, [management, scenario.file], nodeTrust));
  const administration = join(import.meta.dirname, 'javascript', 'administer.ts');
  count(await runClient(process.execPath, [administration, scenario.file], nodeTrust));

  console.log('Python: azure-security-attestation 1.0.0 with azure-identity');
  const python = await pythonEnvironment();
  if ('python' in python) {
    const pythonTrust = { ...environment, REQUESTS_CA_BUNDLE: scenario.caFile };
    for (const name of ['attest.py', 'administer.py']) {
      count(await runClient(python.python, [join(import.meta.dirname, 'python', name), scenario.file], pythonTrust));
    }
  } else if (CI === undefined) {
    console.log(`  SKIPPED  ${python.missing}`);
    skipped++;
  } else {
    console.log(`  FAIL  ${python.missing}`);
    total.failed++;
  }
} finally {
  await scenario.close();
}
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = total.failed === 0 ? 0 : 1;
