//! Java's table of functions, as far as the face needs it: what throws is an error, every reference
//! knows how long it lasts, threads are attached once and detached when they end.

use std::{
    cell::Cell,
    ffi::{CStr, CString, c_void},
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::{self, NonNull},
    sync::atomic::{AtomicPtr, Ordering},
    thread,
};

use jni_sys::{
    JNI_EDETACHED, JNI_OK, JNI_VERSION_1_6, JNIEnv, JNINativeMethod, JavaVM, JavaVMAttachArgs,
    jbyteArray, jint, jmethodID, jobject, jvalue,
};

/// How many local references a callback makes at most: its texts, and what it catches.
const FRAME: jint = 16;

/// The virtual machine that loaded the library; a process has one.
static VM: AtomicPtr<JavaVM> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    /// Whether this thread was attached here: it is detached when it ends.
    static ATTACHED: Attachment = const { Attachment(Cell::new(false)) };
}

struct Attachment(Cell<bool>);

/// Why Java did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// An exception, which is pending until it is caught or Java goes on.
    #[error("Java threw an exception")]
    Thrown,
    #[error("`null` came from Java")]
    Null,
    #[error("no array of Java's holds {0} bytes")]
    Large(usize),
    #[error("the thread cannot be attached to Java's virtual machine")]
    Detached,
}

/// A thread's way into Java. Without a pending exception, unless a method says otherwise.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Env<'env>(NonNull<JNIEnv>, PhantomData<&'env ()>);

/// An object, or `null`, by a reference that Java keeps for `'env`.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Object<'env>(jobject, PhantomData<&'env ()>);

/// A `ByteArray`, or `null`, in the same way.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Bytes<'env>(jbyteArray, PhantomData<&'env ()>);

/// An object that stays until this is dropped, on any thread.
pub(super) struct Global(jobject);

// SAFETY: a global reference is valid on every thread.
unsafe impl Send for Global {}
// SAFETY: as above; it is never changed.
unsafe impl Sync for Global {}

/// A method of a class that is never unloaded, since somebody holds it by a [`Global`].
#[derive(Clone, Copy)]
pub(super) struct Method(jmethodID);

// SAFETY: Java's numbers of methods are the same for all threads.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

/// A function of ours under the name and type by which Kotlin declares it.
pub(super) type Native = (&'static CStr, &'static CStr, *mut c_void);

/// One function of the table of [`Env`].
macro_rules! java {
    ($env:expr, $function:ident $(, $argument:expr)*) => {
        // All of them are there since the version that `enter` asks for.
        ((**$env.0.as_ptr()).v1_6.$function)($env.0.as_ptr() $(, $argument)*)
    };
}

impl Default for Bytes<'_> {
    fn default() -> Self {
        Self(ptr::null_mut(), PhantomData)
    }
}

impl Bytes<'_> {
    /// As an argument.
    pub(super) fn argument(self) -> jvalue {
        jvalue { l: self.0 }
    }
}

/// Remembers the virtual machine, and gives the way into it on this thread, which it calls.
///
/// # Safety
///
/// It is one, and alive for as long as the process.
pub(super) unsafe fn enter<'env>(vm: *mut JavaVM) -> Result<Env<'env>, Error> {
    VM.store(vm, Ordering::Release);
    attached()
}

/// The way into Java from any thread.
fn attached<'env>() -> Result<Env<'env>, Error> {
    let vm = VM.load(Ordering::Acquire);
    if vm.is_null() {
        return Err(Error::Detached);
    }
    let mut env = ptr::null_mut();
    // SAFETY: the machine is alive (`enter`), and `env` outlives the call.
    match unsafe { ((**vm).v1_4.GetEnv)(vm, &raw mut env, JNI_VERSION_1_6) } {
        JNI_OK => {}
        JNI_EDETACHED => env = attach(vm)?,
        _ => return Err(Error::Detached),
    }
    NonNull::new(env.cast()).map(|env| Env(env, PhantomData)).ok_or(Error::Detached)
}

/// Attaches this thread, under its own name.
#[cold]
fn attach(vm: *mut JavaVM) -> Result<*mut c_void, Error> {
    let name = thread::current().name().and_then(|name| CString::new(name).ok());
    let name = name.as_ref().map_or(ptr::null(), |name| name.as_ptr());
    let mut arguments = JavaVMAttachArgs {
        version: JNI_VERSION_1_6,
        name: name.cast_mut(),
        group: ptr::null_mut(),
    };
    let mut env = ptr::null_mut();
    // A thread that is past its locals would never be detached.
    let attached = ATTACHED.try_with(|attached| {
        // SAFETY: the machine is alive; the name and the places outlive the call, which writes to
        // `env` alone.
        let status = unsafe {
            ((**vm).v1_4.AttachCurrentThread)(vm, &raw mut env, (&raw mut arguments).cast())
        };
        attached.0.set(status == JNI_OK);
        status == JNI_OK
    });
    if attached.is_ok_and(|attached| attached) { Ok(env) } else { Err(Error::Detached) }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        let vm = VM.load(Ordering::Acquire);
        if self.0.get() && !vm.is_null() {
            // SAFETY: the machine is alive, and this thread, which was attached here, calls it no more.
            unsafe { ((**vm).v1_4.DetachCurrentThread)(vm) };
        }
    }
}

/// Calls into Java from any thread, in a frame of local references; neither an exception nor a panic
/// leaves.
pub(super) fn in_java(
    to_text: Option<Method>,
    body: &mut dyn FnMut(Env<'_>) -> Result<(), Error>,
) -> Result<(), String> {
    let env = attached().map_err(|error| error.to_string())?;
    // SAFETY: the frame ends below, in each case.
    let frame = unsafe { java!(env, PushLocalFrame, FRAME) } == JNI_OK;
    let outcome =
        if frame { catch_unwind(AssertUnwindSafe(|| body(env))) } else { Ok(Err(Error::Thrown)) };
    let outcome = match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Error::Thrown)) => Err(env.catch(to_text)),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => {
            env.catch(None);
            Err("the runtime has a bug: a panic in a callback".to_owned())
        }
    };
    if frame {
        // SAFETY: it is the frame that began above, and nothing of it is left.
        unsafe { java!(env, PopLocalFrame, ptr::null_mut()) };
    }
    outcome
}

impl<'env> Env<'env> {
    /// Whether an exception is pending.
    pub(super) fn is_throwing(self) -> bool {
        // SAFETY: it may be asked at any time.
        unsafe { java!(self, ExceptionCheck) }
    }

    fn check(self) -> Result<(), Error> {
        if self.is_throwing() { Err(Error::Thrown) } else { Ok(()) }
    }

    /// What Java gave, unless it threw.
    fn object<'it>(self, raw: jobject) -> Result<Object<'it>, Error> {
        self.check()?;
        if raw.is_null() { Err(Error::Null) } else { Ok(Object(raw, PhantomData)) }
    }

    /// The end of the pending exception, if there is one, and what it says.
    fn catch(self, to_text: Option<Method>) -> String {
        // SAFETY: both are for pending exceptions; the reference is local.
        let thrown = unsafe {
            let thrown = java!(self, ExceptionOccurred);
            java!(self, ExceptionClear);
            Object(thrown, PhantomData)
        };
        let text = to_text.filter(|_| !thrown.0.is_null()).map(|to_text| {
            // SAFETY: it is `Throwable.toString`, which takes nothing and gives a text.
            unsafe {
                let text = java!(self, CallObjectMethodA, thrown.0, to_text.0, ptr::null());
                self.object(text).and_then(|text| self.text(text))
            }
        });
        text.and_then(Result::ok).unwrap_or_else(|| {
            // SAFETY: as above; what was thrown by the question is no answer.
            unsafe { java!(self, ExceptionClear) };
            Error::Thrown.to_string()
        })
    }

    /// The text of a string.
    ///
    /// # Safety
    ///
    /// It is one.
    unsafe fn text(self, string: Object<'_>) -> Result<String, Error> {
        // SAFETY: it is a string of `length` units, for which there is room.
        let units = unsafe {
            let length = java!(self, GetStringLength, string.0);
            let mut units = vec![0; usize::try_from(length).unwrap_or_default()];
            java!(self, GetStringRegion, string.0, 0, length, units.as_mut_ptr());
            units
        };
        self.check().map(|()| String::from_utf16_lossy(&units))
    }

    /// A class, by its path.
    pub(super) fn class(self, path: &CStr) -> Result<Object<'env>, Error> {
        // SAFETY: the path ends with a zero, and outlives the call.
        self.object(unsafe { java!(self, FindClass, path.as_ptr()) })
    }

    /// A method of a class.
    pub(super) fn method(self, class: &Global, name: &CStr, kind: &CStr) -> Result<Method, Error> {
        // SAFETY: it is a class, and both texts end with a zero.
        let method = unsafe { java!(self, GetMethodID, class.0, name.as_ptr(), kind.as_ptr()) };
        self.check().map(|()| Method(method))
    }

    /// A static method of a class.
    pub(super) fn static_method(
        self,
        class: &Global,
        name: &CStr,
        kind: &CStr,
    ) -> Result<Method, Error> {
        // SAFETY: as in `method`.
        let method =
            unsafe { java!(self, GetStaticMethodID, class.0, name.as_ptr(), kind.as_ptr()) };
        self.check().map(|()| Method(method))
    }

    /// Makes functions of ours the native methods of a class.
    ///
    /// # Safety
    ///
    /// Each has the arguments and the result that its type says, after an [`Env`] and the class.
    pub(super) unsafe fn register(self, class: &Global, natives: &[Native]) -> Result<(), Error> {
        let natives: Vec<_> = natives
            .iter()
            .map(|(name, kind, function)| JNINativeMethod {
                name: name.as_ptr().cast_mut(),
                signature: kind.as_ptr().cast_mut(),
                fnPtr: *function,
            })
            .collect();
        let count = jint::try_from(natives.len()).map_err(|_| Error::Large(natives.len()))?;
        // SAFETY: it is a class, the texts end with a zero and are read only, and the caller's promise.
        let status = unsafe { java!(self, RegisterNatives, class.0, natives.as_ptr(), count) };
        self.check()?;
        if status == JNI_OK { Ok(()) } else { Err(Error::Null) }
    }

    /// Keeps an object beyond `'env`.
    pub(super) fn keep(self, object: Object<'_>) -> Result<Global, Error> {
        // SAFETY: the reference is valid, or `null`, which gives `null`.
        self.object(unsafe { java!(self, NewGlobalRef, object.0) }).map(|kept| Global(kept.0))
    }

    /// A new array.
    pub(super) fn array(self, bytes: &[u8]) -> Result<Bytes<'env>, Error> {
        let length = jint::try_from(bytes.len()).map_err(|_| Error::Large(bytes.len()))?;
        // SAFETY: a length is never negative.
        let array = self.object::<'env>(unsafe { java!(self, NewByteArray, length) })?;
        // SAFETY: the array has this length, and so have the bytes.
        unsafe { java!(self, SetByteArrayRegion, array.0, 0, length, bytes.as_ptr().cast()) };
        self.check().map(|()| Bytes(array.0, PhantomData))
    }

    /// The first bytes of an array, at most `most`.
    pub(super) fn bytes(self, array: Bytes<'_>, most: usize) -> Result<Vec<u8>, Error> {
        if array.0.is_null() {
            return Err(Error::Null);
        }
        // SAFETY: it is an array.
        let length = unsafe { java!(self, GetArrayLength, array.0) };
        let length = length.min(jint::try_from(most).unwrap_or(jint::MAX));
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        // SAFETY: the array is as long or longer, and there is room for `length` bytes.
        unsafe { java!(self, GetByteArrayRegion, array.0, 0, length, bytes.as_mut_ptr().cast()) };
        self.check().map(|()| bytes)
    }

    /// Calls a method that gives nothing.
    ///
    /// # Safety
    ///
    /// The object has the method, which takes these arguments.
    pub(super) unsafe fn call(
        self,
        object: &Global,
        method: Method,
        arguments: &[jvalue],
    ) -> Result<(), Error> {
        // SAFETY: the caller's promise.
        unsafe { java!(self, CallVoidMethodA, object.0, method.0, arguments.as_ptr()) };
        self.check()
    }

    /// Throws what a static method makes of an array.
    ///
    /// # Safety
    ///
    /// The class has the method, which takes an array and gives a `Throwable`.
    pub(super) unsafe fn throw(
        self,
        class: &Global,
        method: Method,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let arguments = [self.array(bytes)?.argument()];
        // SAFETY: the caller's promise.
        let thrown =
            unsafe { java!(self, CallStaticObjectMethodA, class.0, method.0, arguments.as_ptr()) };
        let thrown = self.object(thrown)?;
        // SAFETY: it is a `Throwable`.
        unsafe { java!(self, Throw, thrown.0) };
        Ok(())
    }
}

impl Drop for Global {
    fn drop(&mut self) {
        // Without a virtual machine there is nothing to let go.
        if let Ok(env) = attached() {
            // SAFETY: this is the last use of the reference; it may end while an exception is pending.
            unsafe { java!(env, DeleteGlobalRef, self.0) };
        }
    }
}
