import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;

/** Relying parties: Spring Security's decoder and its registration of clients, and the strict metadata of Nimbus below it. */
final class Verify {
  public static void main(String[] args) throws Exception {
    Scenario given = Scenario.read(args[0]);
    String endpoint = given.text("endpoint");
    Scenario.step("discovery", "Nimbus: OIDCProviderMetadata.resolve takes the metadata", () -> {
      OIDCProviderMetadata metadata = OIDCProviderMetadata.resolve(new Issuer(endpoint));
      Scenario.equal(metadata.getJWKSetURI().toString(), endpoint + "/certs");
      Scenario.equal(metadata.getSubjectTypes().toString(), "[public]");
    });
    Scenario.step("discovery", "Spring: ClientRegistrations.fromOidcIssuerLocation takes the metadata", () -> {
      ClientRegistration registration =
          ClientRegistrations.fromOidcIssuerLocation(endpoint).clientId("relying-party").build();
      Scenario.equal(registration.getProviderDetails().getJwkSetUri(), endpoint + "/certs");
    });
    Scenario.step("verification", "Spring: JwtDecoders.fromIssuerLocation verifies a token", () -> {
      JwtDecoder decoder = JwtDecoders.fromIssuerLocation(endpoint);
      Scenario.equal(enclaveOf(decoder, given.text("tokens", "good")), given.text("mrEnclave"));
    });
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(endpoint + "/certs").build();
    decoder.setJwtValidator(JwtValidators.createDefaultWithIssuer(endpoint));
    Scenario.step("verification", "Spring: NimbusJwtDecoder with the address of the keys verifies a token", () ->
        Scenario.equal(enclaveOf(decoder, given.text("tokens", "good")), given.text("mrEnclave")));
    Scenario.step("verification", "a token of another issuer is refused", () -> {
      NimbusJwtDecoder other = NimbusJwtDecoder.withJwkSetUri(endpoint + "/certs").build();
      other.setJwtValidator(JwtValidators.createDefaultWithIssuer(endpoint + "/other"));
      Scenario.refused(JwtException.class, () -> other.decode(given.text("tokens", "good")));
    });
    Scenario.step("verification", "a changed token is refused", () ->
        Scenario.refused(JwtException.class, () -> decoder.decode(given.text("tokens", "tampered"))));
    Scenario.step("verification", "the unsecured token of a draft policy is refused", () ->
        Scenario.refused(JwtException.class, () -> decoder.decode(given.text("tokens", "unsecured"))));
  }

  private static String enclaveOf(JwtDecoder decoder, String token) {
    return decoder.decode(token).getClaimAsString("x-ms-sgx-mrenclave");
  }
}
