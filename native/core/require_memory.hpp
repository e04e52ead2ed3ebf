// Refusals of what there is no memory for, before any of it is taken: systems promise more than they have, and end the
// process that uses it.
#pragma once

#include <string_view>

namespace nonconvex {

/// Throws a SolverError OUT_OF_MEMORY, "`subject` 20 MB, of which 10 MB are available", if fewer than `bytes` are
/// available: the subject names the argument and ends with "needs" or "need", and the advice, if any, follows behind a
/// semicolon.
void requireMemory(double bytes, double available, std::string_view subject, std::string_view advice = {});
/// Throws the same, and looks up what is available unless the bytes are few: that takes longer than to try.
void requireMemory(double bytes, std::string_view subject, std::string_view advice = {});

/// Returns true if `bytes` bytes are available.
bool hasMemory(double bytes);

}  // namespace nonconvex
