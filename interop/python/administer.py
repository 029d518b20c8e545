"""Policies and policy signers with the official Python SDK, unmodified: only endpoint, credential and (through REQUESTS_CA_BUNDLE) the CA are set.

The providers are there already.
"""

import base64
import hashlib

from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.security.attestation import (
    AttestationAdministrationClient,
    AttestationClient,
    AttestationPolicyToken,
    CertificateModification,
    PolicyModification,
)
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from steps import equal, scenario, step

signers = scenario["signers"]
evidence = base64.b64decode(scenario["evidence"]["sgxBinary"])
runtime_data = base64.b64decode(scenario["runtimeData"])
attestation_type = "SgxEnclave"
policy = 'version= 1.0;authorizationrules{=> permit();};issuancerules{=> issue(type="set-by", value="python");};'

credential = ClientSecretCredential(
    scenario["tenant"],
    scenario["clientId"],
    scenario["clientSecret"],
    authority=scenario["authorityHost"],
    disable_instance_discovery=True,
)


def uri_of(name):
    return f"{scenario['endpoint']}/providers/{name}"


def options_for(uri):
    return {"validate_token": True, "validate_issuer": True, "issuer": uri}


def administrator_of(uri, **more):
    return AttestationAdministrationClient(uri, credential, **options_for(uri), **more)


class EcKey:
    """A key as version 1.0.0 of the SDK calls it: sign(data, algorithm=...), which no key of the cryptography package has."""

    def __init__(self, pem):
        self._key = load_pem_private_key(pem.encode(), password=None)

    def sign(self, data, algorithm):
        return self._key.sign(data, ec.ECDSA(algorithm))


ec.EllipticCurvePrivateKey.register(EcKey)


def keys_of(kind):
    key, certificate = signers[kind]["key"], signers[kind]["certificate"]
    if kind.lower().endswith("ec"):
        return {"signing_key": EcKey(key), "signing_certificate": load_pem_x509_certificate(certificate.encode())}
    return {"signing_key": key, "signing_certificate": certificate}


def refused(work, code):
    try:
        work()
    except HttpResponseError as error:
        equal(error.status_code, 400)
        equal(error.error.code, code)
        return
    raise AssertionError("it was accepted")


def bare(pem):
    return "".join(pem.split())


def der_of(kind):
    return base64.b64decode("".join(signers[kind]["certificate"].strip().split("\n")[1:-1]))


def check_updated(result, token):
    equal(result.policy_resolution, PolicyModification.UPDATED)
    if token is not None:
        equal(bytes(result.policy_token_hash), hashlib.sha256(token.to_jwt_string().encode()).digest())


def check_in_force(uri):
    equal(administrator_of(uri).get_policy(attestation_type)[0], policy)
    with AttestationClient(uri, credential, **options_for(uri)) as client:
        result, _ = client.attest_sgx_enclave(evidence, runtime_data=runtime_data)
    equal(result.issuer, uri)
    encoded = base64.urlsafe_b64encode(policy.encode()).rstrip(b"=")
    equal(bytes(result.policy_hash), hashlib.sha256(encoded).digest())


aad = uri_of("py-aad")


@step("policies", "AAD: get_policy gives the default policy before one is set")
def _():
    equal(administrator_of(aad).get_policy(attestation_type)[0].startswith("version= 1.1;"), True)


@step("policies", "AAD: set_policy unsecured is in force at once")
def _():
    result, _token = administrator_of(aad).set_policy(attestation_type, policy)
    check_updated(result, AttestationPolicyToken(policy))
    check_in_force(aad)


@step("policies", "AAD: reset_policy unsecured brings the default policy back")
def _():
    result, _token = administrator_of(aad).reset_policy(attestation_type)
    equal(result.policy_resolution, PolicyModification.REMOVED)
    equal(administrator_of(aad).get_policy(attestation_type)[0] == policy, False)


@step("policies", "AAD: set_policy of a policy that does not compile is refused with PolicyParsingError")
def _():
    wrong = "version= 1.0;authorizationrules{"
    refused(lambda: administrator_of(aad).set_policy(attestation_type, wrong), "PolicyParsingError")


@step("signers", "AAD: get_policy_management_certificates gives none")
def _():
    equal(administrator_of(aad).get_policy_management_certificates()[0], [])


def aad_signed(kind):
    @step("policies", f"AAD: set_policy and reset_policy signed with a key of kind {kind}")
    def _():
        administrator = administrator_of(aad)
        result, _token = administrator.set_policy(attestation_type, policy, **keys_of(kind))
        token = AttestationPolicyToken(policy, **keys_of(kind)) if kind == "rsa" else None
        check_updated(result, token)
        equal(bare(result.policy_signer.certificates[0]), bare(signers[kind]["certificate"]))
        check_in_force(aad)
        result, _token = administrator.reset_policy(attestation_type, **keys_of(kind))
        equal(result.policy_resolution, PolicyModification.REMOVED)


def isolated(kind):
    uri = uri_of(f"py-isolated-{kind}")
    administrator = administrator_of(uri)
    own = keys_of(kind)

    def listed():
        return [bare(chain[0]) for chain in administrator.get_policy_management_certificates()[0]]

    @step("policies", f"Isolated {kind}: set_policy unsecured, or signed by a stranger, is refused with InvalidOperation")
    def _():
        refused(lambda: administrator.set_policy(attestation_type, policy), "InvalidOperation")
        stranger = keys_of("otherRsa")
        refused(lambda: administrator.set_policy(attestation_type, policy, **stranger), "InvalidOperation")
        refused(lambda: administrator.reset_policy(attestation_type), "InvalidOperation")

    @step("policies", f"Isolated {kind}: set_policy signed is in force at once, reset_policy signed takes it back")
    def _():
        result, _token = administrator.set_policy(attestation_type, policy, **own)
        equal(result.policy_resolution, PolicyModification.UPDATED)
        check_in_force(uri)
        result, _token = administrator.reset_policy(attestation_type, **own)
        equal(result.policy_resolution, PolicyModification.REMOVED)
        equal(administrator.get_policy(attestation_type)[0] == policy, False)

    @step("signers", f"Isolated {kind}: signers of both kinds are added, listed and removed")
    def _():
        first = [bare(signers[kind]["certificate"])]
        equal(listed(), first)
        for other in ("otherRsa", "otherEc"):
            certificate = signers[other]["certificate"]
            thumbprint = hashlib.sha1(der_of(other)).hexdigest().upper()
            result, _token = administrator.add_policy_management_certificate(certificate, **own)
            equal(result.certificate_resolution, CertificateModification.IS_PRESENT)
            equal(result.certificate_thumbprint, thumbprint)
            equal(listed(), first + [bare(certificate)])
            administrator.set_policy(attestation_type, policy, **keys_of(other))
            check_in_force(uri)
            result, _token = administrator.remove_policy_management_certificate(certificate, **own)
            equal(result.certificate_resolution, CertificateModification.IS_ABSENT)
            equal(result.certificate_thumbprint, thumbprint)
            stale = keys_of(other)
            refused(lambda: administrator.set_policy(attestation_type, policy, **stale), "InvalidOperation")
            administrator.set_policy(attestation_type, policy, **own)
        equal(listed(), first)

    @step("signers", f"Isolated {kind}: the last signer stays")
    def _():
        def removal():
            administrator.remove_policy_management_certificate(signers[kind]["certificate"], **own)
        refused(removal, "InvalidOperation")


for key_kind in ("rsa", "ec"):
    aad_signed(key_kind)
for key_kind in ("rsa", "ec"):
    isolated(key_kind)
