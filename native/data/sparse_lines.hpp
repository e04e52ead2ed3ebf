// The check of a sparse matrix in parts, for matrices that are so large that it takes long.
#pragma once

#include <string>

namespace nonconvex {

struct SparseView;

/// What requireSparse checks, of `count` lines from `first` on, and of the whole matrix what takes no time.
void requireSparseLines(const SparseView& matrix, const std::string& name, int first, int count);

}  // namespace nonconvex
