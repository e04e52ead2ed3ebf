#pragma once

#include <cstddef>

namespace nonconvex {

/// Bytes that this process could still take: the least of free physical memory and what the control group leaves.
double availableMemory();

/// Asks for large pages where the system gives them on request: a fault each 2 MiB instead of each 4 KiB, and fewer
/// misses in the translation of addresses. Only a wish: nothing fails.
void wishLargePages(void* memory, std::size_t bytes) noexcept;

}  // namespace nonconvex
