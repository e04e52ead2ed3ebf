#pragma once

#include <cstddef>

namespace nonconvex {

/// Bytes that this process could still take: the least of free physical memory and what the control group leaves.
double availableMemory();

/// Memory on a cache line, or null where there is none. Zeros are what the system gives: where they are many, a page is
/// cleared when it is first used, not all of them before anything else is done.
void* takeMemory(std::size_t bytes, bool zeros) noexcept;
void giveMemory(void* taken) noexcept;

/// Asks for large pages where the system gives them on request: a fault each 2 MiB instead of each 4 KiB, and fewer
/// misses in the translation of addresses. Only a wish: nothing fails.
void wishLargePages(void* memory, std::size_t bytes) noexcept;

}  // namespace nonconvex
