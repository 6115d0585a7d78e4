package androidx.work;

import java.util.concurrent.TimeUnit;

public final class PeriodicWorkRequest extends WorkRequest {
    private static final long MIN_PERIODIC_INTERVAL_MILLIS = 15 * 60 * 1000;

    private PeriodicWorkRequest() {}

    public static final class Builder extends WorkRequest.Builder<Builder, PeriodicWorkRequest> {
        public Builder(Class<? extends ListenableWorker> worker, long interval, TimeUnit unit) {
            super(new PeriodicWorkRequest(), worker);
            request.intervalMs = Math.max(MIN_PERIODIC_INTERVAL_MILLIS, unit.toMillis(interval));
        }
    }
}
