#include "expressions/index_map.hpp"

#include <algorithm>
#include <utility>

#include "core/multiversion.hpp"

namespace nonconvex {

namespace {

NONCONVEX_CLONES double sum(const double* x, int size) {
  double total = 0;
  for (int k = 0; k < size; ++k) total += x[k];
  return total;
}

NONCONVEX_CLONES void addTo(double* __restrict to, double a, const double* from, int size) {
  for (int k = 0; k < size; ++k) to[k] += a * from[k];
}

}  // namespace

IndexMap::IndexMap(std::vector<int> positions)
    : rows_(static_cast<int>(positions.size())), list_(std::move(positions)) {
  constexpr int leastLength = 8;  // average length of a piece, below which a list is faster
  const auto at = [&](int row) { return list_[static_cast<std::size_t>(row)]; };
  for (int row = 0; row < rows_;) {
    const int stride = row + 1 < rows_ ? at(row + 1) - at(row) : 0;
    pieces_.push_back({row, at(row), stride});
    int end = row + 1;
    while (end < rows_ && at(end) - at(end - 1) == stride) ++end;
    row = end;
    if (static_cast<int>(pieces_.size()) > std::max(1, rows_ / leastLength)) {
      pieces_.clear();
      return;
    }
  }
  if (pieces_.size() == 1) {
    list_ = {};
    return;
  }
  int piece = 0;
  for (int first = 0; first < rows_; first += blockRows) {
    while (piece + 1 < static_cast<int>(pieces_.size()) && pieces_[static_cast<std::size_t>(piece) + 1].row <= first)
      ++piece;
    pieceOf_.push_back(piece);
  }
}

bool IndexMap::anyAtLeast(int position) const {
  if (!list_.empty()) return std::any_of(list_.begin(), list_.end(), [&](int p) { return p >= position; });
  return at(0) >= position || at(rows_ - 1) >= position;
}

/// f(stretch of rows within the block, position of the first, stride)
template <class F>
void IndexMap::forEachPiece(int first, int count, F&& f) const {
  const int end = first + count;
  for (auto k = static_cast<std::size_t>(pieceOf_[static_cast<std::size_t>(first / blockRows)]); k < pieces_.size();
       ++k) {
    const Piece& piece = pieces_[k];
    if (piece.row >= end) return;
    const int from = std::max(piece.row, first);
    const int to = k + 1 < pieces_.size() ? std::min(pieces_[k + 1].row, end) : end;
    f(from - first, to - from, piece.position + (from - piece.row) * piece.stride, piece.stride);
  }
}

const double* IndexMap::read(const double* values, int first, int count, double* buffer) const {
  const auto stretch = [&](double* to, int size, int position, int stride) {
    const double* from = values + position;
    if (stride == 0) {
      std::fill_n(to, size, *from);
    } else if (stride == 1) {
      std::copy_n(from, size, to);
    } else {
      for (int k = 0; k < size; ++k) to[k] = from[static_cast<std::ptrdiff_t>(k) * stride];
    }
  };
  if (list_.empty()) {
    const int stride = pieces_.front().stride;
    if (stride == 1 || count == 1) return values + at(first);
    stretch(buffer, count, at(first), stride);
  } else if (!pieces_.empty()) {
    forEachPiece(first, count,
                 [&](int row, int size, int position, int stride) { stretch(buffer + row, size, position, stride); });
  } else {
    const int* list = list_.data() + first;
    for (int k = 0; k < count; ++k) buffer[k] = values[list[k]];
  }
  return buffer;
}

void IndexMap::addMultiple(double a, const double* from, int first, int count, double* values) const {
  const auto stretch = [&](const double* terms, int size, int position, int stride) {
    double* to = values + position;
    if (stride == 0) {
      *to += a * sum(terms, size);
    } else if (stride == 1) {
      addTo(to, a, terms, size);
    } else {
      for (int k = 0; k < size; ++k) to[static_cast<std::ptrdiff_t>(k) * stride] += a * terms[k];
    }
  };
  if (list_.empty()) {
    stretch(from, count, at(first), pieces_.front().stride);
  } else if (!pieces_.empty()) {
    forEachPiece(first, count,
                 [&](int row, int size, int position, int stride) { stretch(from + row, size, position, stride); });
  } else {
    const int* list = list_.data() + first;
    for (int k = 0; k < count; ++k) values[list[k]] += a * from[k];
  }
}

}  // namespace nonconvex
