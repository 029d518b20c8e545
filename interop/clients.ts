/** Every client that the interoperability tests run, in the order in which they do, and those that cannot be had where they run. */

import { azClients } from './az/clients.ts';
import type { Client, UnavailableClient } from './client.ts';
import { goClients } from './go/clients.ts';
import { javaClients } from './java/clients.ts';
import { javascriptClients } from './javascript/clients.ts';
import { pythonClients } from './python/clients.ts';
import { rustClients } from './rust/clients.ts';

export const clients: readonly Client[] = [
  ...javascriptClients,
  ...pythonClients,
  ...goClients,
  ...javaClients,
  ...rustClients,
  ...azClients,
];

export const unavailableClients: readonly UnavailableClient[] = [
  {
    name: 'az attestation',
    language: 'command line',
    why: 'its extension is published as a release file, in no package registry; `az rest` makes the same calls here',
  },
  {
    name: 'armattestation',
    language: 'Go',
    why: 'the module proxy and checksum database of the tests do not serve it; the pipeline on which it is generated runs',
  },
  {
    name: 'edgelesssys/ego and go-azguestattestation',
    language: 'Go',
    why: 'the module proxy of the tests does not serve them',
  },
  {
    name: 'azure_svc_attestation and azure_mgmt_attestation',
    language: 'Rust',
    why: 'unofficial; with their HTTP stack they take too long to build here. They keep only the host of an address',
  },
  {
    name: 'azure-security-attestation-cpp',
    language: 'C++',
    why: 'there is no packaged build: vcpkg fetches and builds the sources of each release',
  },
  {
    name: 'Azure.Security.Attestation',
    language: '.NET',
    why: 'needs the .NET SDK, which comes from no registry of the tests',
  },
];
