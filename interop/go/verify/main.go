// Relying parties: go-oidc, and hashicorp/cap, with which Vault verifies tokens.
package main

import (
	"context"
	"os"

	"github.com/atesto/atesto/interop/go/internal/scenario"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/hashicorp/cap/jwt"
)

var given = scenario.Read()

func main() {
	switch os.Args[2] {
	case "go-oidc":
		goOIDC(context.Background())
	case "cap":
		hashicorpCap(context.Background())
	}
}

func goOIDC(ctx context.Context) {
	var provider *oidc.Provider
	verified := func(token string) (string, error) {
		// Attestation tokens have no audience.
		verifier := provider.VerifierContext(ctx, &oidc.Config{SkipClientIDCheck: true})
		found, err := verifier.Verify(ctx, token)
		if err != nil {
			return "", err
		}
		var claims map[string]any
		if err := found.Claims(&claims); err != nil {
			return "", err
		}
		enclave, _ := claims["x-ms-sgx-mrenclave"].(string)
		return enclave, nil
	}
	scenario.Step("discovery", "NewProvider finds issuer, keys and endpoints", func() (err error) {
		if provider, err = oidc.NewProvider(ctx, given.Endpoint); err != nil {
			return err
		}
		return scenario.Equal(provider.Endpoint().TokenURL, given.Endpoint+"/token")
	})
	scenario.Step("discovery", "NewProvider refuses another issuer", func() error {
		_, err := oidc.NewProvider(ctx, given.Endpoint+"/providers/default")
		return scenario.Refused(err)
	})
	verificationSteps(verified)
	scenario.Step("verification", "a token of another issuer is refused", func() error {
		other := oidc.NewVerifier(given.Endpoint+"/other", oidc.NewRemoteKeySet(ctx, given.Endpoint+"/certs"),
			&oidc.Config{SkipClientIDCheck: true})
		_, err := other.Verify(ctx, given.Tokens.Good)
		return scenario.Refused(err)
	})
}

func hashicorpCap(ctx context.Context) {
	ca, err := os.ReadFile(given.CAFile)
	if err != nil {
		panic(err)
	}
	verifiedWith := func(keys jwt.KeySet, issuer string) func(string) (string, error) {
		return func(token string) (string, error) {
			validator, err := jwt.NewValidator(keys)
			if err != nil {
				return "", err
			}
			claims, err := validator.Validate(ctx, token, jwt.Expected{
				Issuer:            issuer,
				SigningAlgorithms: []jwt.Alg{jwt.RS256},
			})
			enclave, _ := claims["x-ms-sgx-mrenclave"].(string)
			return enclave, err
		}
	}
	var discovered jwt.KeySet
	scenario.Step("discovery", "NewOIDCDiscoveryKeySet finds the keys", func() (err error) {
		discovered, err = jwt.NewOIDCDiscoveryKeySet(ctx, given.Endpoint, string(ca))
		return err
	})
	verificationSteps(verifiedWith(discovered, given.Endpoint))
	scenario.Step("keys", "NewJSONWebKeySet takes the address of the keys themselves", func() error {
		keys, err := jwt.NewJSONWebKeySet(ctx, given.Endpoint+"/certs", string(ca))
		if err != nil {
			return err
		}
		_, err = verifiedWith(keys, given.Endpoint)(given.Tokens.Good)
		return err
	})
	scenario.Step("verification", "a token of another issuer is refused", func() error {
		_, err := verifiedWith(discovered, given.Endpoint+"/other")(given.Tokens.Good)
		return scenario.Refused(err)
	})
}

func verificationSteps(verified func(string) (string, error)) {
	scenario.Step("verification", "a token is verified with the key that it names", func() error {
		enclave, err := verified(given.Tokens.Good)
		if err != nil {
			return err
		}
		return scenario.Equal(enclave, given.MrEnclave)
	})
	for name, token := range map[string]string{
		"a changed token is refused":                       given.Tokens.Tampered,
		"the unsecured token of a draft policy is refused": given.Tokens.Unsecured,
	} {
		scenario.Step("verification", name, func() error {
			_, err := verified(token)
			return scenario.Refused(err)
		})
	}
}
