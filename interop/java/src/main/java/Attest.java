import com.azure.core.exception.HttpResponseException;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.identity.ClientSecretCredential;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.security.attestation.AttestationAdministrationClient;
import com.azure.security.attestation.AttestationAdministrationClientBuilder;
import com.azure.security.attestation.AttestationClient;
import com.azure.security.attestation.AttestationClientBuilder;
import com.azure.security.attestation.models.AttestationData;
import com.azure.security.attestation.models.AttestationDataInterpretation;
import com.azure.security.attestation.models.AttestationOptions;
import com.azure.security.attestation.models.AttestationPolicySetOptions;
import com.azure.security.attestation.models.AttestationResponse;
import com.azure.security.attestation.models.AttestationResult;
import com.azure.security.attestation.models.AttestationSigningKey;
import com.azure.security.attestation.models.AttestationTokenValidationOptions;
import com.azure.security.attestation.models.AttestationType;
import com.azure.security.attestation.models.CertificateModification;
import com.azure.security.attestation.models.PolicyManagementCertificateOptions;
import com.azure.security.attestation.models.PolicyModification;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** The official SDK for Java, unmodified: only endpoint, credential and (through javax.net.ssl.trustStore) the CA are set. */
final class Attest {
  private static final AttestationType TYPE = AttestationType.SGX_ENCLAVE;
  private static final String POLICY =
      "version= 1.0;authorizationrules{=> permit();};issuancerules{=> issue(type=\"set-by\", value=\"java\");};";

  private final Scenario given;
  private final String endpoint;
  private final ClientSecretCredential credential;

  private Attest(Scenario given) {
    this.given = given;
    endpoint = given.text("endpoint");
    credential = new ClientSecretCredentialBuilder()
        .authorityHost(given.text("authorityHost"))
        .tenantId(given.text("tenant"))
        .clientId(given.text("clientId"))
        .clientSecret(given.text("clientSecret"))
        .disableInstanceDiscovery()
        .build();
  }

  public static void main(String[] args) throws Exception {
    Attest attest = new Attest(Scenario.read(args[0]));
    attest.attestEnclaves();
    attest.administerAad();
    attest.administerIsolated();
    System.exit(0);
  }

  private static AttestationTokenValidationOptions validation(String issuer) {
    return new AttestationTokenValidationOptions().setValidateToken(true).setExpectedIssuer(issuer);
  }

  private AttestationClient clientOf(String uri) {
    return new AttestationClientBuilder().endpoint(uri).credential(credential)
        .tokenValidationOptions(validation(uri)).buildClient();
  }

  private AttestationAdministrationClient administratorOf(String uri) {
    return new AttestationAdministrationClientBuilder().endpoint(uri).credential(credential)
        .tokenValidationOptions(validation(uri)).buildClient();
  }

  private AttestationOptions enclave(String evidence) {
    return new AttestationOptions(BinaryData.fromBytes(given.bytes("evidence", evidence)));
  }

  private AttestationData binary() {
    return new AttestationData(BinaryData.fromBytes(given.bytes("runtimeData")), AttestationDataInterpretation.BINARY);
  }

  private AttestationData json() {
    return new AttestationData(BinaryData.fromBytes(given.bytes("runtimeJson")), AttestationDataInterpretation.JSON);
  }

  private void check(AttestationResponse<AttestationResult> response, String algorithm) {
    Scenario.equal(response.getToken().getAlgorithm(), algorithm);
    Scenario.equal(response.getValue().getIssuer(), endpoint);
    Scenario.equal(response.getValue().getMrEnclave(), given.text("mrEnclave"));
    Scenario.equal(response.getValue().isDebuggable(), false);
  }

  private void attestEnclaves() throws Exception {
    AttestationClient client = clientOf(endpoint);
    Scenario.step("discovery", "getOpenIdMetadata names issuer, key set and every array", () -> {
      Scenario.equal(client.getOpenIdMetadata().getIssuer(), endpoint);
      Scenario.equal(client.getOpenIdMetadata().getJsonWebKeySetUrl(), endpoint + "/certs");
      Scenario.equal(List.of(client.getOpenIdMetadata().getResponseTypesSupported()), List.of("token", "none"));
    });
    Scenario.step("keys", "listAttestationSigners gives certificates", () ->
        Scenario.equal(client.listAttestationSigners().getAttestationSigners().get(0).getCertificates().size(), 1));
    Scenario.step("SgxEnclave", "attestSgxEnclave with binary runtime data", () -> {
      AttestationOptions options = enclave("sgxBinary").setRunTimeData(binary());
      AttestationResponse<AttestationResult> response = client.attestSgxEnclaveWithResponse(options, Context.NONE);
      check(response, "RS256");
      Scenario.equal(response.getValue().getEnclaveHeldData().toString(), new String(given.bytes("runtimeData"), StandardCharsets.UTF_8));
    });
    Scenario.step("SgxEnclave", "attestSgxEnclave with JSON runtime data", () ->
        check(client.attestSgxEnclaveWithResponse(enclave("sgxJson").setRunTimeData(json()), Context.NONE), "RS256"));
    Scenario.step("SgxEnclave", "attestSgxEnclave with a draft policy gives an unsecured token", () -> {
      AttestationOptions options = enclave("sgxBinary").setRunTimeData(binary())
          .setDraftPolicyForAttestation(given.text("draftPolicy"));
      check(client.attestSgxEnclaveWithResponse(options, Context.NONE), "none");
    });
    Scenario.step("OpenEnclave", "attestOpenEnclave with binary runtime data", () ->
        check(client.attestOpenEnclaveWithResponse(enclave("openEnclaveBinary").setRunTimeData(binary()), Context.NONE), "RS256"));
    Scenario.step("OpenEnclave", "attestOpenEnclave with JSON runtime data", () ->
        check(client.attestOpenEnclaveWithResponse(enclave("openEnclaveJson").setRunTimeData(json()), Context.NONE), "RS256"));
    Scenario.step("SgxEnclave", "attestSgxEnclave with wrong runtime data is refused with 400", () -> {
      HttpResponseException refused = Scenario.refused(HttpResponseException.class,
          () -> client.attestSgxEnclave(enclave("sgxBinary").setRunTimeData(json())));
      Scenario.equal(refused.getResponse().getStatusCode(), 400);
    });
    Scenario.step("SgxEnclave", "a token of another issuer than expected is not taken: the SDK does verify", () ->
        Scenario.refused(RuntimeException.class, () -> client.attestSgxEnclave(
            enclave("sgxBinary").setValidationOptions(validation(endpoint + "/other")))));
  }

  private void administerAad() throws Exception {
    String uri = endpoint + "/providers/java-aad";
    AttestationAdministrationClient administrator = administratorOf(uri);
    Scenario.step("policies", "AAD: setAttestationPolicy unsecured is in force at once, resetAttestationPolicy takes it back", () -> {
      Scenario.equal(administrator.setAttestationPolicy(TYPE, POLICY).getPolicyResolution(), PolicyModification.UPDATED);
      Scenario.equal(administrator.getAttestationPolicy(TYPE), POLICY);
      AttestationOptions options = enclave("sgxBinary").setRunTimeData(binary());
      Scenario.equal(clientOf(uri).attestSgxEnclave(options).getIssuer(), uri);
      Scenario.equal(administrator.resetAttestationPolicy(TYPE).getPolicyResolution(), PolicyModification.REMOVED);
    });
    Scenario.step("policies", "AAD: setAttestationPolicy of a policy that does not compile is refused with 400", () -> {
      HttpResponseException refused = Scenario.refused(HttpResponseException.class,
          () -> administrator.setAttestationPolicy(TYPE, "version= 1.0;authorizationrules{"));
      Scenario.equal(refused.getResponse().getStatusCode(), 400);
    });
    Scenario.step("signers", "AAD: listPolicyManagementCertificates gives none", () ->
        Scenario.equal(administrator.listPolicyManagementCertificates().getAttestationSigners().size(), 0));
  }

  /** With a signer of RSA: the SDK writes RS256 for every key. */
  private void administerIsolated() throws Exception {
    AttestationAdministrationClient administrator = administratorOf(endpoint + "/providers/java-isolated-rsa");
    AttestationSigningKey signer = new AttestationSigningKey(certificate("rsa"), privateKey());
    Scenario.step("policies", "Isolated rsa: setAttestationPolicy signed is in force at once, unsecured is refused", () -> {
      HttpResponseException refused = Scenario.refused(HttpResponseException.class,
          () -> administrator.setAttestationPolicy(TYPE, POLICY));
      Scenario.equal(refused.getResponse().getStatusCode(), 400);
      AttestationPolicySetOptions set = new AttestationPolicySetOptions().setAttestationPolicy(POLICY).setAttestationSigner(signer);
      Scenario.equal(administrator.setAttestationPolicy(TYPE, set).getPolicyResolution(), PolicyModification.UPDATED);
      Scenario.equal(administrator.getAttestationPolicy(TYPE), POLICY);
      AttestationPolicySetOptions reset = new AttestationPolicySetOptions().setAttestationSigner(signer);
      Scenario.equal(administrator.resetAttestationPolicy(TYPE, reset).getPolicyResolution(), PolicyModification.REMOVED);
    });
    Scenario.step("signers", "Isolated rsa: signers of both kinds are added, listed and removed", () -> {
      for (String other : List.of("otherRsa", "otherEc")) {
        PolicyManagementCertificateOptions options = new PolicyManagementCertificateOptions(certificate(other), signer);
        Scenario.equal(administrator.addPolicyManagementCertificate(options).getCertificateResolution(), CertificateModification.IS_PRESENT);
        Scenario.equal(administrator.listPolicyManagementCertificates().getAttestationSigners().size(), 2);
        Scenario.equal(administrator.deletePolicyManagementCertificate(options).getCertificateResolution(), CertificateModification.IS_ABSENT);
      }
      Scenario.equal(administrator.listPolicyManagementCertificates().getAttestationSigners().size(), 1);
    });
  }

  private X509Certificate certificate(String kind) throws Exception {
    byte[] pem = given.text("signers", kind, "certificate").getBytes(StandardCharsets.US_ASCII);
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
  }

  private PrivateKey privateKey() throws Exception {
    byte[] der = Base64.getDecoder().decode(given.text("signers", "rsa", "key").replaceAll("-----[^-]+-----|\\s", ""));
    return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
