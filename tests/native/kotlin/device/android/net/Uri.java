package android.net;

import java.net.URI;

/** An address. */
public class Uri {
  private final URI address;

  private Uri(String text) {
    address = URI.create(text);
  }

  public static Uri parse(String text) {
    return new Uri(text);
  }

  public static Uri withAppendedPath(Uri base, String path) {
    return new Uri(base + "/" + path);
  }

  public String getScheme() {
    return address.getScheme();
  }

  public String getAuthority() {
    return address.getAuthority();
  }

  public String getPath() {
    return address.getPath();
  }

  @Override
  public String toString() {
    return address.toString();
  }

  public static final class Builder {
    private String scheme;
    private String authority;

    public Builder scheme(String scheme) {
      this.scheme = scheme;
      return this;
    }

    public Builder authority(String authority) {
      this.authority = authority;
      return this;
    }

    public Builder path(String path) {
      return this;
    }

    public Uri build() {
      return new Uri(scheme + "://" + authority);
    }
  }
}
