package androidx.work;

import java.util.concurrent.TimeUnit;

public abstract class WorkRequest {
    @SuppressWarnings("unchecked")
    public static abstract class Builder<B extends Builder<B, ?>, W extends WorkRequest> {
        public final B setInitialDelay(long duration, TimeUnit unit) { return (B) this; }
        public final B setInputData(Data data) { return (B) this; }
        public final B addTag(String tag) { return (B) this; }
        public final B setConstraints(Constraints constraints) { return (B) this; }
        public final B setBackoffCriteria(BackoffPolicy policy, long delay, TimeUnit unit) { return (B) this; }
        public final W build() { return null; }
    }
}
