package androidx.work;
public final class Data { public String getString(String k) { return null; } public static final class Builder { public Builder putString(String k, String v) { return this; } public Builder putInt(String k, int v) { return this; } public Data build() { return null; } } }
