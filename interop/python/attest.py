"""The official Python SDK, unmodified: only endpoint, credential and (through REQUESTS_CA_BUNDLE) the CA are set."""

import base64
import json

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.security.attestation import AttestationClient
from steps import endpoint, equal, scenario, step

evidence = {name: base64.b64decode(value) for name, value in scenario["evidence"].items()}
runtime_data = base64.b64decode(scenario["runtimeData"])
runtime_json = base64.b64decode(scenario["runtimeJson"])
draft_policy = scenario["draftPolicy"]

credential = ClientSecretCredential(
    scenario["tenant"],
    scenario["clientId"],
    scenario["clientSecret"],
    authority=scenario["authorityHost"],
    disable_instance_discovery=True,
)
client = AttestationClient(endpoint, credential, validate_token=True, validate_issuer=True, issuer=endpoint)


def check_enclave(result, token, algorithm):
    equal(token.algorithm, algorithm)
    equal(result.issuer, endpoint)
    equal(result.mr_enclave, scenario["mrEnclave"])
    equal(result.is_debuggable, False)


@step("discovery", "get_open_id_metadata names issuer and key set")
def _():
    metadata = client.get_open_id_metadata()
    equal(metadata["issuer"], endpoint)
    equal(metadata["jwks_uri"], f"{endpoint}/certs")


@step("keys", "get_signing_certificates gives certificates")
def _():
    signers = client.get_signing_certificates()
    equal(len(signers), 1)
    equal(signers[0].certificates[0].startswith("-----BEGIN CERTIFICATE-----"), True)


@step("SgxEnclave", "attest_sgx_enclave with binary runtime data")
def _():
    result, token = client.attest_sgx_enclave(evidence["sgxBinary"], runtime_data=runtime_data)
    check_enclave(result, token, "RS256")
    equal(result.enclave_held_data, runtime_data)


@step("SgxEnclave", "attest_sgx_enclave with JSON runtime data")
def _():
    result, token = client.attest_sgx_enclave(evidence["sgxJson"], runtime_json=runtime_json)
    check_enclave(result, token, "RS256")
    equal(result.runtime_claims, json.loads(runtime_json))


@step("SgxEnclave", "attest_sgx_enclave with a draft policy gives an unsecured token")
def _():
    result, token = client.attest_sgx_enclave(
        evidence["sgxBinary"], runtime_data=runtime_data, draft_policy=draft_policy
    )
    check_enclave(result, token, "none")


@step("OpenEnclave", "attest_open_enclave with binary runtime data")
def _():
    result, token = client.attest_open_enclave(evidence["openEnclaveBinary"], runtime_data=runtime_data)
    check_enclave(result, token, "RS256")
    equal(result.enclave_held_data, runtime_data)


@step("OpenEnclave", "attest_open_enclave with JSON runtime data")
def _():
    result, token = client.attest_open_enclave(evidence["openEnclaveJson"], runtime_json=runtime_json)
    check_enclave(result, token, "RS256")
    equal(result.runtime_claims, json.loads(runtime_json))


@step("OpenEnclave", "attest_open_enclave with a draft policy gives an unsecured token")
def _():
    result, token = client.attest_open_enclave(
        evidence["openEnclaveJson"], runtime_json=runtime_json, draft_policy=draft_policy
    )
    check_enclave(result, token, "none")


@step("SgxEnclave", "attest_sgx_enclave with wrong runtime data is refused with InvalidParameter")
def _():
    try:
        client.attest_sgx_enclave(evidence["sgxBinary"], runtime_data=runtime_json)
    except HttpResponseError as error:
        equal(error.status_code, 400)
        equal(error.error.code, "InvalidParameter")
        return
    raise AssertionError("it was accepted")
