//! The runtime as apps link it: an XCFramework, shared libraries for Android, the npm package.

pub(crate) mod toolchain;
