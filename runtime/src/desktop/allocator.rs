//! What the C library does with a large block that is given back: it goes back to the system.
//!
//! GNU's keeps blocks of the size of the largest that was ever given back, so that a process that had a
//! few for a moment stays tens of megabytes larger than what its scripts may hold.

/// The size from which a block is pages of its own, which the system gets back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE: std::ffi::c_int = 256 * 1024;

/// Has large blocks go back to the system, where that is not so anyway.
pub(super) fn give_back_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // `man 3 mallopt`
        const M_MMAP_THRESHOLD: std::ffi::c_int = -3;
        unsafe extern "C" {
            fn mallopt(parameter: std::ffi::c_int, value: std::ffi::c_int) -> std::ffi::c_int;
        }
        // SAFETY: the function is the C library's own, may be called at any time from any thread, and
        // only notes the number.
        unsafe { mallopt(M_MMAP_THRESHOLD, LARGE) };
    }
}
