//! What an iterator of a `Map` or a `Set` has still to give: looked up in the engine's own lists, since to
//! ask the iterator would move it.

use std::ffi::{CStr, c_int};

use rquickjs::{Ctx, Result, Value, qjs};

use super::native::adopt;

/// The one release of the engine whose structures are these.
const RELEASE: &CStr = c"0.16.2";

/// The kind of an iterator that gives pairs (`JS_ITERATOR_KIND_KEY_AND_VALUE`).
const PAIRS: c_int = 2;

/// The kind of one that gives keys (`JS_ITERATOR_KIND_KEY`).
const KEYS: c_int = 0;

/// What an iterator has left.
pub(crate) struct Rest<'js> {
    /// Whether it gives pairs; then keys and values take turns.
    pub(crate) is_pairs: bool,
    /// The first ones.
    pub(crate) items: Vec<Value<'js>>,
    /// How many there are.
    pub(crate) count: usize,
}

/// `JSMapIteratorData`
#[repr(C)]
struct Iterator {
    collection: qjs::JSValue,
    kind: c_int,
    /// The record that was given last; null before the first one.
    record: *const Record,
}

/// `struct list_head`
#[repr(C)]
struct Link {
    _previous: *const Link,
    next: *const Link,
}

/// `JSMapRecord`
#[repr(C)]
struct Record {
    _references: c_int,
    is_deleted: bool,
    _state: *const State,
    link: Link,
    _hash_link: Link,
    key: qjs::JSValue,
    value: qjs::JSValue,
}

/// The beginning of `JSMapState`.
#[repr(C)]
struct State {
    _is_weak: bool,
    records: Link,
}

/// What an iterator has left, of which the caller wants `most`; none of another release of the engine.
///
/// # Safety
///
/// The value's class is the engine's own `Map Iterator` or `Set Iterator`.
pub(crate) unsafe fn rest<'js>(
    ctx: &Ctx<'js>,
    iterator: &Value<'js>,
    is_set: bool,
    most: usize,
) -> Result<Option<Rest<'js>>> {
    // SAFETY: the engine's version is a text that is there for good.
    if unsafe { CStr::from_ptr(qjs::JS_GetVersion()) } != RELEASE {
        return Ok(None);
    }
    let mut class = 0;
    // SAFETY: by the contract, and in this release, an iterator has such data, which only what runs on
    // this thread changes; it holds its collection, whose state has a list of all its records, and the
    // record it stands at.
    let (kind, head, mut next) = unsafe {
        let data = qjs::JS_GetAnyOpaque(iterator.as_raw(), &raw mut class).cast::<Iterator>();
        let Some(data) = data.as_ref() else { return Ok(None) };
        if !qjs::JS_IsObject(data.collection) {
            let is_pairs = data.kind == PAIRS;
            return Ok(Some(Rest { is_pairs, items: Vec::new(), count: 0 }));
        }
        let state = qjs::JS_GetAnyOpaque(data.collection, &raw mut class).cast::<State>();
        let Some(state) = state.as_ref() else { return Ok(None) };
        let head = &raw const state.records;
        let next = data.record.as_ref().map_or(state.records.next, |record| record.link.next);
        (data.kind, head, next)
    };
    let mut rest = Rest { is_pairs: kind == PAIRS, items: Vec::new(), count: 0 };
    while next != head {
        // SAFETY: what is in the list and not its head is the link of a record.
        let record =
            unsafe { &*next.byte_sub(std::mem::offset_of!(Record, link)).cast::<Record>() };
        next = record.link.next;
        if record.is_deleted {
            continue;
        }
        rest.count = rest.count.saturating_add(1);
        if rest.count > most {
            continue;
        }
        let value = if is_set { record.key } else { record.value };
        let wanted = match kind {
            PAIRS => [Some(record.key), Some(value)],
            KEYS => [Some(record.key), None],
            _ => [Some(value), None],
        };
        for value in wanted.into_iter().flatten() {
            // SAFETY: the record keeps the value, of which this is one more reference.
            let value = unsafe { adopt(ctx, qjs::JS_DupValue(ctx.as_raw().as_ptr(), value))? };
            rest.items.push(value);
        }
    }
    Ok(Some(rest))
}
