"""The official management SDK, unmodified: only base_url, credential and (through REQUESTS_CA_BUNDLE) the CA are set."""

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.attestation import AttestationManagementClient
from azure.mgmt.attestation.models import (
    AttestationServiceCreationParams,
    AttestationServiceCreationSpecificParams,
    AttestationServicePatchParams,
    JSONWebKey,
    JSONWebKeySet,
)
from steps import endpoint, equal, refused, scenario, step

subscription = "22222222-3333-4444-5555-666666666666"
group = "interop"
credential = ClientSecretCredential(
    scenario["tenant"],
    scenario["clientId"],
    scenario["clientSecret"],
    authority=scenario["authorityHost"],
    disable_instance_discovery=True,
)
client = AttestationManagementClient(
    credential, subscription, base_url=endpoint, credential_scopes=["https://management.azure.com/.default"]
)
providers = client.attestation_providers


def creation(**properties):
    specific = AttestationServiceCreationSpecificParams(**properties)
    return AttestationServiceCreationParams(location="local", tags={"purpose": "interop"}, properties=specific)


@step("providers", "attestation_providers.create makes an AAD provider")
def _():
    made = providers.create(group, "pymgmtaad", creation())
    equal(made.trust_model, "AAD")
    equal(made.attest_uri, f"{endpoint}/providers/pymgmtaad")
    equal(made.tags, {"purpose": "interop"})


@step("providers", "attestation_providers.create makes an Isolated provider from policy signing certificates")
def _():
    keys = [JSONWebKey(kty="EC", alg="ES256", use="sig", x5_c=[scenario["signerCertificate"]])]
    made = providers.create(group, "pymgmtisolated", creation(policy_signing_certificates=JSONWebKeySet(keys_property=keys)))
    equal(made.trust_model, "Isolated")


@step("providers", "attestation_providers.get finds it")
def _():
    found = providers.get(group, "pymgmtaad")
    equal(found.status, "Ready")
    equal(found.type, "Microsoft.Attestation/attestationProviders")


@step("providers", "attestation_providers.update changes tags")
def _():
    changed = providers.update(group, "pymgmtaad", AttestationServicePatchParams(tags={"purpose": "changed"}))
    equal(changed.tags, {"purpose": "changed"})


def names_of(listing):
    items = getattr(listing, "value", listing)
    return sorted(item.name for item in items)


@step("providers", "attestation_providers.list and list_by_resource_group name both")
def _():
    for listing in (providers.list(), providers.list_by_resource_group(group)):
        equal(names_of(listing), ["pymgmtaad", "pymgmtisolated"])


@step("providers", "attestation_providers.list_default and get_default_by_location name the default provider")
def _():
    equal(names_of(providers.list_default()), ["default"])
    equal(providers.get_default_by_location("local").attest_uri, endpoint)


@step("providers", "operations.list names what can be done")
def _():
    listing = client.operations.list()
    equal(len(list(getattr(listing, "value", listing))), 3)


@step("providers", "attestation_providers.get of what is not there is refused with ResourceNotFound")
def _():
    error = refused(lambda: providers.get(group, "nobody"), ResourceNotFoundError, HttpResponseError)
    equal(error.error.code, "ResourceNotFound")


@step("providers", "attestation_providers.delete removes them, and what is gone counts as deleted")
def _():
    for name in ("pymgmtaad", "pymgmtisolated", "pymgmtaad"):
        providers.delete(group, name)
    equal(names_of(providers.list()), [])
