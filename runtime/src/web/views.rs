//! Where the bytes of a buffer source are: the one place that knows buffers and views on them.
//!
//! The engine's own functions tell the length that a view was made with. A view that tracks its
//! buffer has another as soon as the buffer is resized, and a view that lies outside of its buffer
//! has none, so that every length is worked out anew here.

use std::{ptr, slice};

use rquickjs::{Error, Result, Value, qjs};

use super::js;
use crate::engine::{native::adopt, value};

/// A buffer source of `WebIDL`: an `ArrayBuffer`, a `SharedArrayBuffer`, or a view on one of them.
///
/// The bytes are there as long as the value is, unless a script runs, which may detach or resize
/// the buffer.
pub(crate) struct View {
    pub(crate) kind: Kind,
    /// Null for a buffer that is detached, and for a view outside of its buffer.
    start: *mut u8,
    /// How many bytes there are now.
    pub(crate) len: usize,
    /// Whether the buffer is one that nobody may write to.
    pub(crate) immutable: bool,
    /// Whether the buffer is a `SharedArrayBuffer`.
    pub(crate) shared: bool,
}

/// What a buffer source is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An `ArrayBuffer` or a `SharedArrayBuffer`.
    Buffer,
    /// A typed array, with the engine's number of its kind.
    Array(i32),
    DataView,
}

/// The buffer source that `value` is; none for anything else.
///
/// For a buffer that is detached, and for a `DataView` outside of its buffer, the engine makes an
/// error that nobody sees but the script's `Error.prepareStackTrace`: hold no other bytes meanwhile.
///
/// # Errors
///
/// When there is no room on the stack, or no memory, to ask the engine.
pub(crate) fn view_of(value: &Value<'_>) -> Result<Option<View>> {
    // SAFETY: only reads the value.
    let (array, is_view) =
        unsafe { (qjs::JS_GetTypedArrayType(value.as_raw()), qjs::JS_IsDataView(value.as_raw())) };
    if array >= 0 {
        return typed_array(value, array).map(Some);
    }
    if is_view {
        return data_view(value).map(Some);
    }
    Ok(is_buffer(value).then(|| buffer(value)))
}

impl View {
    /// The bytes.
    ///
    /// # Safety
    ///
    /// The value that the view was found for is alive, and nothing of the script runs while the
    /// bytes are in use.
    pub(crate) unsafe fn bytes<'a>(&self) -> &'a [u8] {
        if self.is_nowhere() {
            return &[];
        }
        // SAFETY: the engine keeps so many bytes there: the caller's promise.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }

    /// The bytes, to be written.
    ///
    /// # Safety
    ///
    /// As for [`View::bytes`]; nothing else of ours refers to them, and the view is not immutable.
    pub(crate) unsafe fn bytes_mut<'a>(&self) -> &'a mut [u8] {
        if self.is_nowhere() {
            return &mut [];
        }
        // SAFETY: as in `bytes`.
        unsafe { slice::from_raw_parts_mut(self.start, self.len) }
    }

    /// Copies `count` bytes from one place to another, which may be of the same memory.
    ///
    /// # Safety
    ///
    /// The values of both views are alive, and both ranges are within them.
    pub(crate) unsafe fn copy_from(&self, to: usize, source: &Self, from: usize, count: usize) {
        if count > 0 {
            // SAFETY: the caller's promise.
            unsafe { source.start.add(from).copy_to(self.start.add(to), count) }
        }
    }

    /// Whether the buffer is detached, or the view outside of it.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.start.is_null()
    }

    /// A view over no memory.
    const fn nowhere(kind: Kind) -> Self {
        Self { kind, start: ptr::null_mut(), len: 0, immutable: false, shared: false }
    }

    /// The part of a buffer that a view shows.
    fn part(&self, kind: Kind, offset: usize, len: usize) -> Self {
        if self.is_nowhere() || offset.checked_add(len).is_none_or(|end| end > self.len) {
            return Self::nowhere(kind);
        }
        // SAFETY: the offset is within the buffer.
        Self { kind, start: unsafe { self.start.add(offset) }, len, ..*self }
    }
}

/// The buffer source that `value` is, for an argument that takes no shared memory (`WebIDL` without
/// `[AllowShared]`): a `SharedArrayBuffer` is none.
///
/// # Errors
///
/// A `TypeError` for a view on a `SharedArrayBuffer`; otherwise as for [`view_of`].
pub(crate) fn unshared_view_of(value: &Value<'_>) -> Result<Option<View>> {
    match view_of(value)? {
        Some(View { shared: true, kind: Kind::Buffer, .. }) => Ok(None),
        Some(View { shared: true, .. }) => {
            Err(value::throw_type(value.ctx(), "a view on shared memory is not taken here"))
        }
        view => Ok(view),
    }
}

/// The bytes of `value`; none for anything but a buffer source.
///
/// # Errors
///
/// As for [`view_of`].
///
/// # Safety
///
/// Nothing of the script runs while the bytes are in use.
pub(crate) unsafe fn lent<'a>(value: &'a Value<'_>) -> Result<&'a [u8]> {
    // SAFETY: the value lives as long as the bytes; the rest is the caller's promise.
    Ok(view_of(value)?.map_or(&[], |view| unsafe { view.bytes() }))
}

/// Whether `value` is an `ArrayBuffer` or a `SharedArrayBuffer`.
fn is_buffer(value: &Value<'_>) -> bool {
    // SAFETY: only reads the value.
    unsafe { qjs::JS_IsArrayBuffer(value.as_raw()) || is_shared_buffer(value) }
}

/// Whether `value` is a `SharedArrayBuffer`: the engine tells no more of it than its class's name.
fn is_shared_buffer(value: &Value<'_>) -> bool {
    const NAME: &str = "SharedArrayBuffer";
    if !value.is_object() {
        return false;
    }
    let ctx = value.ctx().as_raw().as_ptr();
    // SAFETY: an object has a class, and the class a name; both atoms are ours, and freed once.
    unsafe {
        let class = qjs::JS_GetClassID(value.as_raw());
        let name = qjs::JS_GetClassName(qjs::JS_GetRuntime(ctx), class);
        let shared = qjs::JS_NewAtomLen(ctx, NAME.as_ptr().cast(), NAME.len() as _);
        qjs::JS_FreeAtom(ctx, name);
        qjs::JS_FreeAtom(ctx, shared);
        name == shared
    }
}

/// All of a buffer.
fn buffer(value: &Value<'_>) -> View {
    let mut len = 0;
    // SAFETY: the value is a buffer, and alive.
    let (start, shared, immutable) = unsafe {
        let ctx = value.ctx().as_raw().as_ptr();
        let start = qjs::JS_GetArrayBuffer(ctx, &raw mut len, value.as_raw());
        let shared = !qjs::JS_IsArrayBuffer(value.as_raw());
        (start, shared, qjs::JS_IsImmutableArrayBuffer(value.as_raw()) > 0)
    };
    if start.is_null() && value.ctx().has_exception() {
        drop(value.ctx().catch());
    }
    let len = if start.is_null() { 0 } else { usize::try_from(len).unwrap_or(0) };
    View { kind: Kind::Buffer, start, len, immutable, shared }
}

/// What a typed array shows of its buffer.
fn typed_array(value: &Value<'_>, array: i32) -> Result<View> {
    let kind = Kind::Array(array);
    let (mut offset, mut len, mut size) = (0, 0, 1);
    // SAFETY: the value is a typed array, and alive; the reference to its buffer is taken over.
    let shown = unsafe {
        let (ctx, raw) = (value.ctx().as_raw().as_ptr(), value.as_raw());
        let shown =
            qjs::JS_GetTypedArrayBuffer(ctx, raw, &raw mut offset, &raw mut len, &raw mut size);
        adopt(value.ctx(), shown)
    };
    let Ok(whole) = shown.map(|shown| buffer(&shown)) else {
        drop(value.ctx().catch());
        return Ok(View::nowhere(kind));
    };
    let count = |number| usize::try_from(number).map_err(|_| Error::Unknown);
    let (offset, size) = (count(offset)?, count(size)?.max(1));
    // Made with so many elements; there is room for so many.
    let (made, room) = (count(len)? / size, whole.len.saturating_sub(offset) / size);
    // With less room than it was made with, only an array that tracks its buffer is not outside of
    // it; with more, only one that does has an element there.
    let elements = if made < room && !has_element(value, made)? { made } else { room };
    Ok(whole.part(kind, offset, elements.saturating_mul(size)))
}

/// Whether a typed array has an element at `index`; no other property of it has such a name.
fn has_element(value: &Value<'_>, index: usize) -> Result<bool> {
    let index = u32::try_from(index).map_err(|_| Error::Unknown)?;
    // SAFETY: the value is alive; the atom is ours, and freed once.
    let has = unsafe {
        let ctx = value.ctx().as_raw().as_ptr();
        let index = qjs::JS_NewAtomUInt32(ctx, index);
        let has = qjs::JS_HasProperty(ctx, value.as_raw(), index);
        qjs::JS_FreeAtom(ctx, index);
        has
    };
    if has < 0 { Err(Error::Exception) } else { Ok(has > 0) }
}

/// What a `DataView` shows of its buffer.
///
/// The built-in getters are asked, which no script can replace. That of the buffer always answers;
/// the others throw for a view outside of its buffer, in a realm that has no script.
fn data_view(value: &Value<'_>) -> Result<View> {
    let getter = |name| js::primordial(value.ctx(), name);
    let (offset, len) = (getter("DataViewByteOffset")?, getter("DataViewByteLength")?);
    let whole = buffer(&getter("DataViewBuffer")?.call::<_, Value<'_>>((value.clone(),))?);
    let asked = offset
        .call((value.clone(),))
        .and_then(|offset: usize| Ok((offset, len.call::<_, usize>((value.clone(),))?)));
    let Ok((offset, len)) = asked else {
        drop(value.ctx().catch());
        return Ok(View::nowhere(Kind::DataView));
    };
    Ok(whole.part(Kind::DataView, offset, len))
}
