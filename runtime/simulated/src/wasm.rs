//! The device as a WebAssembly module, which imports nothing: a host in JavaScript lends it questions.

use std::{
    alloc::{Layout, alloc, dealloc},
    ptr, slice, str,
};

use crate::questions::Simulation;

/// A device, and its last answer.
#[derive(Default)]
pub struct Simulated {
    simulation: Simulation,
    answer: String,
}

/// Room for a question; null when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn device_alloc(len: usize) -> *mut u8 {
    match layout(len) {
        // SAFETY: the layout has a size.
        Some(layout) => unsafe { alloc(layout) },
        None => ptr::null_mut(),
    }
}

/// Gives that room back.
///
/// # Safety
///
/// It came from [`device_alloc`] with this length, and was not given back.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn device_dealloc(start: *mut u8, len: usize) {
    if let Some(layout) = layout(len).filter(|_| !start.is_null()) {
        // SAFETY: the contract above.
        unsafe { dealloc(start, layout) };
    }
}

/// A device, which lives as long as the module.
#[unsafe(no_mangle)]
pub extern "C" fn device_new() -> *mut Simulated {
    Box::into_raw(Box::default())
}

/// Answers a question, and says how long the answer is; 0 when it makes no sense.
///
/// # Safety
///
/// The device came from [`device_new`]; the question is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn device_ask(device: *mut Simulated, start: *const u8, len: usize) -> usize {
    // SAFETY: the contract above, and there is one thread.
    let (device, question) = unsafe { (&mut *device, slice::from_raw_parts(start, len)) };
    let answer = str::from_utf8(question).ok().and_then(|it| device.simulation.ask(it));
    device.answer = answer.unwrap_or_default();
    device.answer.len()
}

/// Where the last answer is, until the next question.
///
/// # Safety
///
/// The device came from [`device_new`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn device_answer(device: *const Simulated) -> *const u8 {
    // SAFETY: the contract above.
    unsafe { (*device).answer.as_ptr() }
}

fn layout(len: usize) -> Option<Layout> {
    Layout::from_size_align(len.max(1), 1).ok()
}
