package androidx.work;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Work as it is asked for, within the limits that the real library keeps. */
public abstract class WorkRequest {
    public Class<? extends ListenableWorker> worker;
    public Data input = new Data.Builder().build();
    public Constraints constraints = new Constraints.Builder().build();
    public long initialDelayMs;
    /** 0 for work that runs once. */
    public long intervalMs;
    public BackoffPolicy backoffPolicy;
    public long backoffMs;
    public boolean expedited;
    public OutOfQuotaPolicy outOfQuota;
    public final Set<String> tags = new TreeSet<>();

    /** How long a new attempt waits: half a minute, and twice as long each time, unless it is said. */
    long backoffAfter(int attempts) {
        long delay = backoffPolicy == null ? 30_000 : backoffMs;
        double all = backoffPolicy == BackoffPolicy.LINEAR ? (double) delay * attempts : Math.scalb((double) delay, attempts - 1);
        return (long) Math.min(all, Builder.MAX_BACKOFF_MS);
    }

    @SuppressWarnings("unchecked")
    public static abstract class Builder<B extends Builder<B, ?>, W extends WorkRequest> {
        private static final long MIN_BACKOFF_MS = 10_000;
        private static final long MAX_BACKOFF_MS = 5 * 60 * 60 * 1000;
        final W request;

        Builder(W request, Class<? extends ListenableWorker> worker) {
            this.request = request;
            request.worker = worker;
            request.tags.add(worker.getName());
        }

        public final B setInitialDelay(long duration, TimeUnit unit) {
            request.initialDelayMs = unit.toMillis(duration);
            return (B) this;
        }

        public final B setInputData(Data data) {
            request.input = data.read();
            return (B) this;
        }

        public final B addTag(String tag) {
            request.tags.add(tag);
            return (B) this;
        }

        public final B setConstraints(Constraints constraints) {
            request.constraints = constraints;
            return (B) this;
        }

        public final B setBackoffCriteria(BackoffPolicy policy, long delay, TimeUnit unit) {
            request.backoffPolicy = policy;
            request.backoffMs = Math.max(MIN_BACKOFF_MS, Math.min(unit.toMillis(delay), MAX_BACKOFF_MS));
            return (B) this;
        }

        public B setExpedited(OutOfQuotaPolicy policy) {
            request.expedited = true;
            request.outOfQuota = policy;
            return (B) this;
        }

        public final W build() {
            if (request.expedited && request.constraints.isMoreThanNetworkAndStorage) throw new IllegalArgumentException("Expedited jobs only support network and storage constraints");
            if (request.expedited && request.initialDelayMs > 0) throw new IllegalArgumentException("Expedited jobs cannot be delayed");
            if (request.expedited && request.intervalMs > 0) throw new IllegalArgumentException("PeriodicWorkRequests cannot be expedited");
            if (request.backoffPolicy != null && request.constraints.idle) throw new IllegalArgumentException("Cannot set backoff criteria on an idle mode job");
            return request;
        }
    }
}
