package androidx.work;
public final class PeriodicWorkRequest extends WorkRequest { public static final class Builder extends WorkRequest.Builder<Builder, PeriodicWorkRequest> { public Builder(Class<? extends ListenableWorker> c, long i, java.util.concurrent.TimeUnit u) {} } }
