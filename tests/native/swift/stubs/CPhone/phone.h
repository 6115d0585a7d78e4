// The phone's storage, which refuses files as iOS does: Swift's and Rust's libraries open theirs through it.
#pragma once
#include <stdint.h>

int32_t phone_storage(void);
void phone_set_storage(int32_t state);
void phone_protect(const char *path);
