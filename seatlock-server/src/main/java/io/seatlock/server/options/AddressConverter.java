package io.seatlock.server.options;

import io.seatlock.server.transport.OriginPolicy;
import java.net.InetAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A numeric address. */
final class AddressConverter implements ITypeConverter<InetAddress> {

  @Override
  public InetAddress convert(String value) {
    return OriginPolicy.parseAddress(value)
        .orElseThrow(() -> new TypeConversionException("'" + value + "' is not a numeric address"));
  }
}
