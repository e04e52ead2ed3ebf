#pragma once

namespace nonconvex {

/// Bytes that this process could still take: the least of free physical memory and what the control group leaves.
double availableMemory();

}  // namespace nonconvex
