package androidx.work;

import java.util.Set;
import java.util.UUID;

/** What is known of work. */
public final class WorkInfo {
    public enum State { ENQUEUED, RUNNING, SUCCEEDED, FAILED, BLOCKED, CANCELLED; public boolean isFinished() { return this == SUCCEEDED || this == FAILED || this == CANCELLED; } }

    public static final int STOP_REASON_NOT_STOPPED = -256;
    public static final int STOP_REASON_UNKNOWN = -512;
    public static final int STOP_REASON_FOREGROUND_SERVICE_TIMEOUT = -128;
    public static final int STOP_REASON_CANCELLED_BY_APP = 1;
    public static final int STOP_REASON_PREEMPT = 2;
    public static final int STOP_REASON_TIMEOUT = 3;
    public static final int STOP_REASON_DEVICE_STATE = 4;
    public static final int STOP_REASON_CONSTRAINT_BATTERY_NOT_LOW = 5;
    public static final int STOP_REASON_CONSTRAINT_CHARGING = 6;
    public static final int STOP_REASON_CONSTRAINT_CONNECTIVITY = 7;
    public static final int STOP_REASON_CONSTRAINT_DEVICE_IDLE = 8;
    public static final int STOP_REASON_CONSTRAINT_STORAGE_NOT_LOW = 9;
    public static final int STOP_REASON_QUOTA = 10;
    public static final int STOP_REASON_BACKGROUND_RESTRICTION = 11;
    public static final int STOP_REASON_APP_STANDBY = 12;
    public static final int STOP_REASON_USER = 13;
    public static final int STOP_REASON_SYSTEM_PROCESSING = 14;
    public static final int STOP_REASON_ESTIMATED_APP_LAUNCH_TIME_CHANGED = 15;

    public final UUID id = UUID.randomUUID();
    public final String name;
    public WorkRequest request;
    public State state = State.ENQUEUED;
    /** How often it was started since it last succeeded or failed: counted when it begins, as WorkerWrapper does. */
    public int runAttemptCount;
    /** When it was first submitted, or last ended, and how often it has run since the first. */
    public long enqueuedAtMs = System.currentTimeMillis();
    public int periodCount;

    WorkInfo(String name, WorkRequest request) {
        this.name = name;
        this.request = request;
    }

    public UUID getId() { return id; }
    public State getState() { return state; }
    public Set<String> getTags() { return request.tags; }

    /** As WorkSpec.calculateNextRunTime: an initial delay counts from the first submission, and for the first run only. */
    public long getNextScheduleTimeMillis() {
        if (state != State.ENQUEUED) return Long.MAX_VALUE;
        if (runAttemptCount > 0) return enqueuedAtMs + request.backoffAfter(runAttemptCount);
        return enqueuedAtMs + (periodCount == 0 ? request.initialDelayMs : request.intervalMs);
    }

    /** A copy of what changes of it. */
    public WorkInfo copy() {
        WorkInfo copy = new WorkInfo(name, request);
        copy.become(this);
        return copy;
    }

    public void become(WorkInfo other) {
        request = other.request;
        state = other.state;
        runAttemptCount = other.runAttemptCount;
        enqueuedAtMs = other.enqueuedAtMs;
        periodCount = other.periodCount;
    }

    /** It is started. The result is what its worker is told: how often it was before. */
    public int begins() {
        state = State.RUNNING;
        return runAttemptCount++;
    }

    /** Work that the system stopped is started again. */
    public void stopped() {
        if (state != State.CANCELLED) state = State.ENQUEUED;
    }

    /** What the real library makes of a worker's result: work that repeats has another time, whatever it was. */
    public void finished(ListenableWorker.Result result) {
        if (state == State.CANCELLED) return;
        boolean retry = result.equals(ListenableWorker.Result.retry());
        enqueuedAtMs = System.currentTimeMillis();
        if (!retry) {
            runAttemptCount = 0;
            periodCount++;
        }
        if (retry || request.intervalMs > 0) state = State.ENQUEUED;
        else state = result.equals(ListenableWorker.Result.success()) ? State.SUCCEEDED : State.FAILED;
    }
}
