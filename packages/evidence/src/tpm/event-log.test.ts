/** Event logs: of real machines beside what an independent implementation replays, and simulated ones with exactly one thing wrong. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  createSimulatedVtpm,
  defaultBoot,
  eventTypes,
  type SimulatedEvent,
  secureBootVariable,
  writeEventLog,
  writeSpecId,
} from '@atesto/testing/tpm';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import fc from 'fast-check';
import { vtpm } from '../__fixtures__/azure-guest.ts';
import { codeOf } from '../__fixtures__/refusals.ts';
import { tpmHashes } from './algorithms.ts';
import { parseEventLog, replayEventLog } from './event-log.ts';
import { checkEventLog, type MeasuredBoot } from './measured-boot.ts';
import { parseTpmQuote } from './quote.ts';
import { readEventLog } from './read.ts';

const [sha256, sha384] = tpmHashes;
assert.ok(sha256 !== undefined && sha384 !== undefined);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What a log says of the quote of the default boot. */
const quoted = parseTpmQuote(vtpm.quote().attest);
const judge = (log: Uint8Array): MeasuredBoot | undefined => checkEventLog(log, quoted, vtpm.pcrs());

/** A quote of these registers in the bank of SHA-256. */
const quotedOf = (pcrs: readonly number[]) => ({
  ...quoted,
  selections: [{ algorithm: sha256.id, pcrs, mask: new Uint8Array(3) }],
});

/** The banks of a pcrs.yaml: `sha256:` then lines `number : 0xdigest`. */
function banksOf(yaml: string): Map<string, Map<number, string>> {
  const banks = new Map<string, Map<number, string>>();
  let bank = new Map<number, string>();
  for (const line of yaml.split('\n')) {
    const [, name] = /^ {2}(sha\d+):/.exec(line) ?? [];
    const [, pcr, value] = /^ +(\d+) *: 0x([0-9a-f]+)/.exec(line) ?? [];
    if (name !== undefined) {
      bank = new Map();
      banks.set(name, bank);
    }
    if (pcr !== undefined && value !== undefined) bank.set(Number(pcr), value);
  }
  return banks;
}

describe('logs of real machines', { skip: vectorsMissing('eventlog') }, () => {
  for (const name of vectorCases('eventlog').filter((name) => existsSync(vectorPath('eventlog', name, 'pcrs.yaml')))) {
    test(`${name} replays to the values of an independent implementation`, () => {
      const log = parseEventLog(readVector('eventlog', name, 'event-log.bin'));
      const banks = banksOf(readVector('eventlog', name, 'pcrs.yaml').toString());
      for (const hash of tpmHashes) {
        const expected = banks.get(hash.name);
        if (expected === undefined) {
          assert.equal(
            codeOf(() => replayEventLog(log, hash)),
            'tpm-event-log-bank',
          );
          continue;
        }
        const replayed = [...replayEventLog(log, hash)].map(([pcr, value]) => [pcr, hex(value)] as const);
        assert.deepEqual(new Map(replayed.sort(([a], [b]) => a - b)), expected);
      }
      assert.ok(banks.has('sha256'));
    });
  }

  test('say whether secure boot was on, as their firmware measured it', () => {
    const states = ['cos-101-amd-sev', 'rhel8-uefi', 'ubuntu-1804-amd-sev', 'ubuntu-2104-no-secure-boot'].map(
      (name) => {
        const bytes = readVector('eventlog', name, 'event-log.bin');
        const values = replayEventLog(parseEventLog(bytes), sha256);
        const mask = new Uint8Array(3);
        const selections = [{ algorithm: sha256.id, pcrs: [...values.keys()], mask }];
        return checkEventLog(bytes, { ...quoted, selections }, values)?.secureBoot;
      },
    );
    assert.deepEqual(states, [true, true, false, false]);
  });

  test('a log of confidential computing, filled up with ffh, extends registers 1 to 3 or 4', () => {
    const log = parseEventLog(readVector('eventlog', 'ccel-cos-113-intel-tdx', 'event-log.bin'));
    const registers = [...replayEventLog(log, sha384).keys()].sort();
    assert.deepEqual(log.algorithms, [sha384.id]);
    assert.ok(registers.length > 0 && registers.every((register) => register >= 1 && register <= 4));
    assert.equal(
      codeOf(() => replayEventLog(log, sha256)),
      'tpm-event-log-bank',
    );
  });
});

describe('logs that are unusual and right', { skip: vectorsMissing('found-1') }, () => {
  const firstRegisterOf = (name: string): string =>
    hex(replayEventLog(parseEventLog(readVector('found-1', name)), sha256).get(0) ?? Buffer.of());

  test('padded with zeros replay as without them', () => {
    const values = ['eventlog-zero-padded.bin', 'eventlog-zero-padded-8.bin'].map(firstRegisterOf);
    assert.deepEqual(new Set(values).size, 1);
  });

  test('of an H-CRTM start PCR 0 with 4', () => {
    assert.match(firstRegisterOf('eventlog-hcrtm.bin'), /^1273ce5428b64b0f.*7642$/);
  });
});

const measuredLogs = [
  ['windows', 'windows-10-hvci'],
  ['windows', 'windows-server-2022-trust-point'],
  ['linux', 'gentoo-own-secure-boot-keys'],
  ['linux', 'gce-sp800-155'],
  ['linux', 'rhel-9-secure-boot'],
  ['linux', 'systemd-boot-fedora-37'],
] as const;
describe('logs of real TPMs', { skip: vectorsMissing('tpm-attestation') }, () => {
  for (const path of measuredLogs) {
    test(`${path.join('/')} leads to the values of its machine, and to its state of secure boot`, () => {
      const expected = readVectorJson('tpm-attestation', ...path, 'expected.json');
      const read = readEventLog(readVector('tpm-attestation', ...path, 'event-log.bin'));
      assert.ok(read.ok);
      const replay = Object(expected.replay).sha256;
      const values = Object(Object(Object(expected.pcrs).values).sha256);
      const led = [...(read.value.registers.get('sha256') ?? [])].map(([pcr, value]) => [String(pcr), hex(value)]);
      const wanted = replay.replayed ?? Object.fromEntries(replay.matchesPcrs.map((pcr: number) => [pcr, values[pcr]]));
      assert.deepEqual(Object.fromEntries(led), wanted);
      assert.equal(read.value.secureBoot ?? null, expected.secureBoot);
    });
  }
});

describe('a log', () => {
  test('that replays tells which PCRs it explains, and whether secure boot was on', async () => {
    assert.deepEqual(judge(vtpm.eventLog()), { replayed: [0, 1, 2, 3, 4, 5, 6, 7], secureBoot: true });
    const { attestationKey, encryptionKey } = vtpm;
    const insecure = await createSimulatedVtpm({ attestationKey, encryptionKey, boot: defaultBoot(false) });
    const quote = parseTpmQuote(insecure.quote().attest);
    assert.equal(checkEventLog(insecure.eventLog(), quote, insecure.pcrs())?.secureBoot, false);
  });

  test('whose digests of two banks are both told replays in the bank of the quote', () => {
    assert.deepEqual(judge(vtpm.eventLog(['sha384', 'sha256']))?.replayed, [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('without events counts as none', () => assert.equal(judge(writeSpecId(['sha256'])), undefined));

  test('need not explain PCRs that the operating system extends', async () => {
    const boot = [...defaultBoot(), { pcr: 11, type: eventTypes.separator, data: '00' }];
    const { attestationKey, encryptionKey } = vtpm;
    const later = await createSimulatedVtpm({ attestationKey, encryptionKey, boot });
    const pcrs = [0, 1, 2, 3, 4, 5, 6, 7, 11, 12];
    const quote = parseTpmQuote(later.quote({ pcrs }).attest);
    const replayed = checkEventLog(vtpm.eventLog(), quote, later.pcrs(pcrs))?.replayed;
    assert.deepEqual(replayed, [0, 1, 2, 3, 4, 5, 6, 7, 12]);
  });

  describe('about secure boot', () => {
    const variable = (isOn: boolean) => ({
      pcr: 7,
      type: eventTypes.variableDriverConfig,
      data: secureBootVariable(isOn),
    });
    const [on, off] = [variable(true), variable(false)];
    const separator = { pcr: 7, type: eventTypes.separator, data: '00000000' };
    const digest = createHash('sha256').update(off.data).digest();
    const bootOf = ({ attestationKey, encryptionKey }: typeof vtpm, boot: readonly SimulatedEvent[]) =>
      createSimulatedVtpm({ attestationKey, encryptionKey, boot });

    /** What a log says of a boot; the log may tell the events otherwise than they were measured. */
    async function stateOf(boot: readonly SimulatedEvent[], told = boot): Promise<boolean | undefined> {
      const machine = await bootOf(vtpm, boot);
      return checkEventLog(writeEventLog(told), parseTpmQuote(machine.quote().attest), machine.pcrs())?.secureBoot;
    }

    test('is believed before the separator of the firmware', async () => {
      assert.deepEqual([await stateOf([on, separator]), await stateOf([off, separator])], [true, false]);
    });

    test('is not believed where the digest is not the hash of the data', async () => {
      assert.equal(await stateOf([{ ...on, digest: '11'.repeat(32) }, separator]), undefined);
      assert.equal(await stateOf([off, separator], [{ ...on, digest }, separator]), undefined);
    });

    test('is not believed from what was measured after the separator, whatever the log calls the events before', async () => {
      assert.equal(await stateOf([off, separator, on]), false);
      const retyped = { ...off, type: eventTypes.bootApplication };
      assert.equal(await stateOf([off, separator, on], [retyped, separator, on]), false);
      const hidden = { pcr: 7, type: eventTypes.version, data: '00', digest };
      assert.equal(await stateOf([off, separator, on], [hidden, separator, on]), undefined);
    });

    test('is believed before a separator of ones too, and before none that tells of an error', async () => {
      const ones = { ...separator, data: 'ffffffff' };
      const error = { ...separator, data: '01000000' };
      assert.deepEqual([await stateOf([on, ones]), await stateOf([off, ones])], [true, false]);
      assert.deepEqual(
        [await stateOf([off, ones, on, separator]), await stateOf([ones, on, separator])],
        [false, undefined],
      );
      assert.deepEqual([await stateOf([on, error]), await stateOf([error, on, separator])], [undefined, undefined]);
    });

    test('is not believed when it is said twice, of another register, without a separator, or in another form', async () => {
      assert.equal(await stateOf([on, off, separator]), undefined);
      assert.equal(await stateOf([{ ...on, pcr: 6 }, separator]), undefined);
      assert.equal(await stateOf([on]), undefined);
      for (const data of [on.data.subarray(0, 40), on.data.subarray(0, -1), 'ffffffff', '']) {
        assert.equal(await stateOf([{ ...on, data }, separator]), undefined);
      }
    });
  });

  test('that starts the TPM at locality 3 starts PCR 0 with 3', () => {
    const events = (data: Buffer) =>
      parseEventLog(writeEventLog([{ pcr: 0, type: eventTypes.noAction, data }, ...defaultBoot()]));
    const started = (locality: number) =>
      events(Buffer.concat([Buffer.from('StartupLocality\0'), Buffer.of(locality)]));
    const values = [0, 3, 4].map((locality) => hex(replayEventLog(started(locality), sha256).get(0) ?? Buffer.of()));
    assert.equal(new Set(values).size, 3);
    assert.equal(values[0], hex(vtpm.pcrs([0]).get(0) ?? Buffer.of()));
    assert.equal(
      codeOf(() => replayEventLog(started(2), sha256)),
      'tpm-event-log',
    );
  });

  test('of an H-CRTM starts PCR 0 with 4, whatever the log tells of the locality', async () => {
    const { attestationKey, encryptionKey } = vtpm;
    const hcrtm = { pcr: 0, type: eventTypes.hcrtm, data: Buffer.from('HCRTM') };
    const tells = (locality: number): SimulatedEvent => {
      const data = Buffer.concat([Buffer.from('StartupLocality\0'), Buffer.of(locality)]);
      return { pcr: 0, type: eventTypes.noAction, data };
    };
    const boot = [hcrtm, ...defaultBoot()];
    const machine = await createSimulatedVtpm({ attestationKey, encryptionKey, boot });
    const quote = parseTpmQuote(machine.quote().attest);
    const replayed = [0, 1, 2, 3, 4, 5, 6, 7];
    for (const told of [boot, [tells(3), ...boot], [tells(4), ...boot]]) {
      assert.deepEqual(checkEventLog(writeEventLog(told), quote, machine.pcrs()), { replayed, secureBoot: true });
    }
    // An H-CRTM measures before all else: the same type later is nothing but a type.
    const [version, ...others] = defaultBoot();
    assert.ok(version !== undefined);
    const [plain, retyped] = [eventTypes.version, eventTypes.hcrtm].map((type) =>
      hex(
        replayEventLog(parseEventLog(writeEventLog([version, { ...hcrtm, type }, ...others])), sha256).get(0) ??
          Buffer.of(),
      ),
    );
    assert.equal(retyped, plain);
  });

  test('may be followed by zeros and ones, and by nothing else', () => {
    for (const padding of [
      Buffer.alloc(1),
      Buffer.alloc(8),
      Buffer.alloc(4096),
      Buffer.alloc(9, 0xff),
      Buffer.of(0, 255, 0),
    ]) {
      assert.deepEqual(judge(Buffer.concat([vtpm.eventLog(), padding])), judge(vtpm.eventLog()));
    }
    const followed = Buffer.concat([vtpm.eventLog(), Buffer.of(0, 0, 1, 0)]);
    assert.equal(
      codeOf(() => judge(followed)),
      'evidence-truncated',
    );
  });

  test('may end with an event whose data is zeros or ones', async () => {
    const { attestationKey, encryptionKey } = vtpm;
    for (const data of ['00'.repeat(64), 'ff'.repeat(64)]) {
      const boot = [...defaultBoot(), { pcr: 4, type: eventTypes.bootApplication, data }];
      const machine = await createSimulatedVtpm({ attestationKey, encryptionKey, boot });
      const quote = parseTpmQuote(machine.quote().attest);
      const log = Buffer.concat([machine.eventLog(), Buffer.alloc(32)]);
      assert.deepEqual(checkEventLog(log, quote, machine.pcrs())?.secureBoot, true);
      assert.equal(parseEventLog(log).events.length, boot.length);
    }
  });

  test('may have events of no action for registers that do not exist', () => {
    const trustPoint = { pcr: 0xffff_ffff, type: eventTypes.noAction, data: Buffer.from('trust point') };
    const log = writeEventLog([...defaultBoot(), trustPoint]);
    assert.deepEqual(judge(log), judge(vtpm.eventLog()));
  });

  test('of a dynamic launch starts its registers with zeros; without one they hold ones', () => {
    const at = (register: number) => ({ pcr: register, type: eventTypes.bootApplication, data: Buffer.from('launch') });
    const log = parseEventLog(writeEventLog([...defaultBoot(), at(17), at(18)]));
    const digest = createHash('sha256').update('launch').digest();
    const extended = (start: number): string =>
      hex(createHash('sha256').update(Buffer.alloc(32, start)).update(digest).digest());
    const values = replayEventLog(log, sha256);
    assert.deepEqual(
      [17, 18].map((register) => hex(values.get(register) ?? Buffer.of())),
      [extended(0), extended(0)],
    );
    const without = replayEventLog(parseEventLog(writeEventLog([at(20)])), sha256);
    assert.equal(hex(without.get(20) ?? Buffer.of()), extended(0xff));

    const quotedPcrs = new Map<number, Uint8Array>([
      ...vtpm.pcrs(),
      [17, Buffer.alloc(32, 0xff)],
      [16, Buffer.alloc(32)],
    ]);
    const selections = [{ algorithm: sha256.id, pcrs: [...quotedPcrs.keys()], mask: new Uint8Array(3) }];
    const replayed = checkEventLog(vtpm.eventLog(), { ...quoted, selections }, quotedPcrs)?.replayed;
    assert.deepEqual(replayed, [0, 1, 2, 3, 4, 5, 6, 7, 17, 16]);
  });

  test('may have events with digests of some of its banks; of the others it does not tell their registers', () => {
    const good = vtpm.eventLog(['sha384', 'sha256']);
    const later = writeEventLog([{ pcr: 11, type: eventTypes.version, data: 'aa' }]).subarray(specId.length);
    const log = parseEventLog(Buffer.concat([good, later]));
    assert.ok(replayEventLog(log, sha256).has(11));
    assert.deepEqual([...replayEventLog(log, sha384).keys()].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(judge(Buffer.concat([good, later])), judge(vtpm.eventLog()));
  });

  test('does not explain that a register holds its start value when it has a digest that was extended there', () => {
    const firmware: SimulatedEvent[] = [
      { pcr: 7, type: eventTypes.variableDriverConfig, data: secureBootVariable(true) },
      { pcr: 7, type: eventTypes.separator, data: '00000000' },
    ];
    const events = writeEventLog(firmware, ['sha384', 'sha256']);
    const ofOneBank = writeEventLog([{ pcr: 7, type: eventTypes.version, data: 'aa' }], ['sha384']);
    const withoutSha256 = ofOneBank.subarray(writeSpecId(['sha384']).length);
    const empty = new Map([[7, new Uint8Array(32)]]);
    const judgeEmpty = (...parts: Buffer[]) => checkEventLog(Buffer.concat(parts), quotedOf([7]), empty);
    assert.equal(
      codeOf(() => judgeEmpty(events, withoutSha256)),
      'tpm-event-log-replay',
    );
    const others = writeSpecId(['sha384', 'sha256']);
    assert.deepEqual(judgeEmpty(others, withoutSha256), { replayed: [7], secureBoot: undefined });
  });

  test('of another boot is refused with tpm-event-log-replay', () => {
    const [first, ...others] = defaultBoot();
    assert.ok(first !== undefined);
    for (const boot of [others, [...others, first, first], defaultBoot(false), [first]]) {
      assert.equal(
        codeOf(() => judge(writeEventLog(boot))),
        'tpm-event-log-replay',
      );
    }
  });

  test('without the bank of the quote is refused with tpm-event-log-bank', () => {
    assert.equal(
      codeOf(() => judge(writeEventLog([{ pcr: 0, type: 4, data: '00' }], ['sha384']))),
      'tpm-event-log-bank',
    );
  });

  const good = vtpm.eventLog();
  const specId = writeSpecId(['sha256']);
  const changed = (offset: number, bytes: string, base: Buffer = good): Buffer => {
    const log = Buffer.from(base);
    log.set(Buffer.from(bytes, 'hex'), offset);
    return log;
  };
  for (const [what, log] of [
    ['of the old kind, with SHA-1 alone', changed(32, '00')],
    ['whose first event is an action', changed(4, '04000000')],
    ['of no digest algorithm', changed(56, '00000000')],
    ['of very many digest algorithms', changed(56, '09000000')],
    ['of an algorithm with an impossible digest', changed(62, 'ff00')],
    ['of an algorithm without a digest', changed(62, '0000')],
    ['of an algorithm with the digest of another', changed(62, '1400')],
    ['that names an algorithm twice', changed(64, '0b00', writeSpecId(['sha256', 'sha384']))],
    ['of a register that does not exist', changed(specId.length, '18000000')],
    ['with fewer digests than were announced', changed(specId.length + 8, '00000000')],
    ['with a digest that was not announced', changed(specId.length + 12, '0c00')],
  ] as const) {
    test(`${what} is refused with tpm-event-log`, () =>
      assert.equal(
        codeOf(() => parseEventLog(log)),
        'tpm-event-log',
      ));
  }

  test('is never accepted when it is cut, but after a whole event', () => {
    for (let length = 0; length < good.length; length += 1) {
      const code = codeOf(() => judge(good.subarray(0, length)));
      // Zeros of the first event's number look like what may follow a log: it then has no events, and nothing is learned from it.
      if (code === 'accepted') assert.equal(judge(good.subarray(0, length)), undefined, `${length} bytes`);
    }
  });

  test('of any bytes is parsed or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isPrefixed) => {
        codeOf(() => judge(isPrefixed ? Buffer.concat([specId, bytes]) : bytes));
      }),
    );
  });

  test('with any digest changed is refused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: specId.length, max: good.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, mask) => {
          const log = Buffer.from(good);
          log[at] = (log[at] ?? 0) ^ mask;
          let state: MeasuredBoot | undefined;
          const code = codeOf(() => {
            state = judge(log);
          });
          // What is not measured may change: types and data of events; never what is learned from them.
          return code !== 'accepted' || state === undefined || state.secureBoot !== false;
        },
      ),
    );
  });
});
