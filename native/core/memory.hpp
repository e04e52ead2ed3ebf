#pragma once

#include <cstddef>

namespace nonconvex {

/// Bytes that this process could still take: the least of free physical memory and what the control group leaves.
double availableMemory();

/// Memory on a cache line, or null if none is left. Many zeros come from the system, which clears a page when it is
/// first used, not all pages at once.
void* takeMemory(std::size_t bytes, bool zeros) noexcept;
void giveMemory(void* taken) noexcept;

/// Asks for large pages where the system gives them on request: a fault each 2 MiB instead of each 4 KiB, and fewer
/// misses in the translation of addresses. Only a wish: nothing fails.
void wishLargePages(void* memory, std::size_t bytes) noexcept;

}  // namespace nonconvex
