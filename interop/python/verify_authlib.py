"""A relying party with Authlib and its joserfc: metadata are checked against OpenID Connect Discovery, keys come from them."""

import requests
from authlib.oauth2.rfc8414 import get_well_known_url
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from steps import endpoint, equal, refused, scenario, step

tokens = scenario["tokens"]
metadata = OpenIDProviderMetadata(requests.get(get_well_known_url(endpoint, True, "openid-configuration"), timeout=30).json())


def verified(token, issuer=endpoint):
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=30).json())
    claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
    required = {"essential": True}
    jwt.JWTClaimsRegistry(iss={**required, "value": issuer}, exp=required, nbf=required).validate(claims)
    return claims


@step("discovery", "the metadata have every member that OpenID Connect Discovery requires")
def _():
    metadata.validate()
    equal(metadata["issuer"], endpoint)


@step("verification", "a token is verified with the key that it names")
def _():
    equal(verified(tokens["good"])["x-ms-sgx-mrenclave"], scenario["mrEnclave"])


@step("verification", "a token of another issuer is refused")
def _():
    refused(lambda: verified(tokens["good"], f"{endpoint}/other"), JoseError)


@step("verification", "a changed token is refused")
def _():
    refused(lambda: verified(tokens["tampered"]), JoseError)


@step("verification", "the unsecured token of a draft policy is refused")
def _():
    refused(lambda: verified(tokens["unsecured"]), JoseError, ValueError)
