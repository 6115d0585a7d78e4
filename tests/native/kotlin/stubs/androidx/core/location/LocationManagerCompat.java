package androidx.core.location;
public final class LocationManagerCompat { public static boolean isLocationEnabled(android.location.LocationManager m) { return false; } }
