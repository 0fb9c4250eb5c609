package dev.steerage.domain.tenant;

import java.util.regex.Pattern;

/// The name of a tenant: `[a-z0-9-]{1,40}`.
public record TenantId(String name) implements Comparable<TenantId> {
  // Before the constants that the constructor checks with it.
  private static final Pattern FORM = Pattern.compile("[a-z0-9-]{1,40}");

  /// The tenant of a single-machine installation.
  public static final TenantId DEFAULT = new TenantId("default");

  public TenantId {
    if (!isName(name)) {
      throw new IllegalArgumentException("tenant: name='" + name + "', expected " + FORM);
    }
  }

  /// Whether a tenant can have this name.
  public static boolean isName(String name) {
    return FORM.matcher(name).matches();
  }

  @Override
  public int compareTo(TenantId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
