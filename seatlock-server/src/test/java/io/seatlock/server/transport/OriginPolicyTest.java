package io.seatlock.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose requests are taken, and whose address counts. */
class OriginPolicyTest {

  private static final InetAddress PROXY = OriginPolicy.parseAddress("10.0.0.1").orElseThrow();
  private static final InetAddress STRANGER = OriginPolicy.parseAddress("192.0.2.1").orElseThrow();
  private static final OriginPolicy BEHIND_PROXIES =
      new OriginPolicy(
          Set.of(), Set.of(PROXY, OriginPolicy.parseAddress("10.0.0.2").orElseThrow()));

  @ParameterizedTest
  @CsvSource({
    "192.0.2.9,                      192.0.2.9",
    "'192.0.2.8, 192.0.2.9',         192.0.2.9", // what came before is the client's own word
    "'192.0.2.8,192.0.2.9,10.0.0.2', 192.0.2.9",
    "'192.0.2.8; 192.0.2.9',         192.0.2.9", // the header came twice
    "2001:db8::1,                    2001:db8::1",
    "'not an address, 192.0.2.9',    192.0.2.9",
    "'192.0.2.9, unknown',",
    "'192.0.2.9,',",
    "'192.0.2.9, 10.0.0.256',",
    "'10.0.0.2, 10.0.0.1',",
    "'',"
  })
  void clientAddress_behindATrustedProxy_isTheLastHopThatIsNot(String header, String client) {
    assertThat(BEHIND_PROXIES.clientAddress(PROXY, header))
        .isEqualTo(client == null ? Optional.empty() : OriginPolicy.parseAddress(client));
  }

  @Test
  void clientAddress_notBehindATrustedProxy_isTheRemoteAddressWhateverItSays() {
    assertThat(BEHIND_PROXIES.clientAddress(STRANGER, "192.0.2.9")).contains(STRANGER);
    assertThat(OriginPolicy.ANY.clientAddress(PROXY, "192.0.2.9")).contains(PROXY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1", "::"})
  void parseAddress_numericAddress_isRead(String text) {
    assertThat(OriginPolicy.parseAddress(text)).isPresent();
  }

  /** Some of these were asked of a name server once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "cafe.be",
        "a.b.c.d",
        "999.1.1.1",
        "1.2.3.4.5",
        "1.2",
        "1",
        ".:1",
        "1:2",
        "1.2.3.4:80",
        "[::1]",
        "::1%lo",
        "10.0.0.1 ",
        "010.0.0.1"
      })
  void parseAddress_anythingElse_isNot(String text) {
    assertThat(OriginPolicy.parseAddress(text)).isEmpty();
  }

  @Test
  void origin_isComparedExactly_andMayBeMissing() {
    OriginPolicy some = new OriginPolicy(Set.of("https://seats.example"), Set.of());
    assertThat(some.allows("https://seats.example")).isTrue();
    assertThat(some.allows("")).isTrue();
    for (String other :
        Set.of(
            "http://seats.example",
            "https://seats.example:443",
            "https://seats.example/",
            "https://Seats.example",
            "https://seats.example.evil",
            "https://a.seats.example",
            "null")) {
      assertThat(some.allows(other)).as(other).isFalse();
    }
    assertThat(OriginPolicy.ANY.allows("https://anything")).isTrue();
  }
}
