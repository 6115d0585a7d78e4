package androidx.work;

public final class Constraints {
    public static final class Builder {
        public Builder setRequiredNetworkType(NetworkType type) { return this; }
        public Builder setRequiresCharging(boolean required) { return this; }
        public Builder setRequiresDeviceIdle(boolean required) { return this; }
        public Builder setRequiresBatteryNotLow(boolean required) { return this; }
        public Builder setRequiresStorageNotLow(boolean required) { return this; }
        public Constraints build() { return new Constraints(); }
    }
}
