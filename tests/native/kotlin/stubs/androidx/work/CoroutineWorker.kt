package androidx.work

import android.content.Context

abstract class CoroutineWorker(
    context: Context,
    parameters: WorkerParameters,
) : ListenableWorker(context, parameters) {
    abstract suspend fun doWork(): Result

    /** Asked for when expedited work begins before Android 12; a worker without an answer is not run. */
    open suspend fun getForegroundInfo(): ForegroundInfo = throw IllegalStateException("Not implemented")
}
