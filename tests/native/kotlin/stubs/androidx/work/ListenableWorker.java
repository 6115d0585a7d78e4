package androidx.work;

import android.content.Context;

public abstract class ListenableWorker {
    private final Context context;
    private final WorkerParameters parameters;

    public ListenableWorker(Context context, WorkerParameters parameters) {
        this.context = context;
        this.parameters = parameters;
    }

    public final Context getApplicationContext() { return context; }
    public final Data getInputData() { return parameters.input; }
    public final int getRunAttemptCount() { return parameters.runAttemptCount; }
    public final java.util.Set<String> getTags() { return parameters.tags; }

    /** Why the system has stopped it; only Android 12 and newer say. */
    public volatile int stopped = WorkInfo.STOP_REASON_NOT_STOPPED;
    public final int getStopReason() { return stopped; }
    public final boolean isStopped() { return stopped != WorkInfo.STOP_REASON_NOT_STOPPED; }

    public static abstract class Result {
        private static final Result SUCCESS = new Result("success") {};
        private static final Result RETRY = new Result("retry") {};
        private static final Result FAILURE = new Result("failure") {};
        private final String name;

        private Result(String name) { this.name = name; }

        public static Result success() { return SUCCESS; }
        public static Result retry() { return RETRY; }
        public static Result failure() { return FAILURE; }
        @Override public String toString() { return name; }
    }
}
