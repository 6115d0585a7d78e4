package androidx.work;

import java.util.ArrayList;
import java.util.List;

/** What must hold for work to start, as text. */
public final class Constraints {
    final NetworkType network;
    final boolean idle;
    /** Whether there is one that expedited work may not have. */
    final boolean isMoreThanNetworkAndStorage;
    private final String said;

    private Constraints(Builder builder) {
        network = builder.network;
        idle = builder.required.contains("idle");
        isMoreThanNetworkAndStorage = idle || builder.required.contains("charging") || builder.required.contains("battery");
        said = network + " " + builder.required;
    }

    @Override public String toString() { return said; }

    public static final class Builder {
        private NetworkType network = NetworkType.NOT_REQUIRED;
        private final List<String> required = new ArrayList<>();

        private Builder require(String name, boolean isRequired) {
            if (isRequired) required.add(name);
            return this;
        }

        public Builder setRequiredNetworkType(NetworkType type) {
            network = type;
            return this;
        }

        public Builder setRequiresCharging(boolean required) { return require("charging", required); }
        public Builder setRequiresDeviceIdle(boolean required) { return require("idle", required); }
        public Builder setRequiresBatteryNotLow(boolean required) { return require("battery", required); }
        public Builder setRequiresStorageNotLow(boolean required) { return require("storage", required); }
        public Constraints build() { return new Constraints(this); }
    }
}
