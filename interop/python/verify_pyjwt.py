"""A relying party with PyJWT: keys by their id, algorithm and issuer fixed."""

import ssl

import jwt
from steps import endpoint, equal, refused, scenario, step

keys = jwt.PyJWKClient(f"{endpoint}/certs", ssl_context=ssl.create_default_context(cafile=scenario["caFile"]))
tokens = scenario["tokens"]


def verified(token, issuer=endpoint):
    key = keys.get_signing_key_from_jwt(token)
    required = ["exp", "iat", "nbf", "iss"]
    return jwt.decode(token, key, algorithms=["RS256"], issuer=issuer, options={"require": required})


@step("keys", "every published key is read")
def _():
    equal(len(keys.get_signing_keys()), 1)


@step("verification", "a token is verified with the key that it names")
def _():
    equal(verified(tokens["good"])["x-ms-sgx-mrenclave"], scenario["mrEnclave"])


@step("verification", "a token of another issuer is refused")
def _():
    refused(lambda: verified(tokens["good"], f"{endpoint}/other"), jwt.InvalidIssuerError)


@step("verification", "a changed token is refused")
def _():
    refused(lambda: verified(tokens["tampered"]), jwt.InvalidSignatureError)


@step("verification", "the unsecured token of a draft policy is refused")
def _():
    refused(lambda: verified(tokens["unsecured"]), jwt.PyJWTError)
