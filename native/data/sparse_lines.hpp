// The check of a sparse matrix in parts, for matrices that are so large that it takes long.
#pragma once

#include <string>

namespace nonconvex {

struct SparseView;

/// The checks of requireSparse for `count` lines from `first` on, and the quick ones for the whole matrix.
void requireSparseLines(const SparseView& matrix, const std::string& name, int first, int count);

}  // namespace nonconvex
