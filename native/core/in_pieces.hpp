// Large vectors made in pieces: the system clears memory when it is first written, hundreds of MB in a tenth of a
// second or more, and a solve would not notice meanwhile that it is aborted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace nonconvex {

/// How many things of this type are written in less than a millisecond or so.
template <class T>
constexpr std::size_t numbersOfPiece = (std::size_t{1} << 20) / sizeof(T);

/// Makes a vector longer by zeros, and calls `pause`, which may throw, before each piece.
template <class T, class Pause>
void resizeInPieces(std::vector<T>& values, std::size_t size, Pause&& pause) {
  values.reserve(size);
  while (values.size() < size) {
    pause();
    values.resize(std::min(size, values.size() + numbersOfPiece<T>));
  }
}

/// Makes a vector longer by copies of a value, and calls `pause` before each piece.
template <class T, class Pause>
void fillInPieces(std::vector<T>& values, std::size_t size, const T& value, Pause&& pause) {
  values.reserve(size);
  while (values.size() < size) {
    pause();
    values.resize(std::min(size, values.size() + numbersOfPiece<T>), value);
  }
}

/// A vector of zeros, written in pieces.
template <class T, class Pause>
std::vector<T> zerosInPieces(std::size_t size, Pause&& pause) {
  std::vector<T> values;
  resizeInPieces(values, size, pause);
  return values;
}

/// Makes a vector a copy, piece by piece; if `pause` throws, it has the pieces before.
template <class T, class Pause>
void assignInPieces(std::vector<std::remove_const_t<T>>& values, std::span<T> from, Pause&& pause) {
  values.clear();
  values.reserve(from.size());
  while (values.size() < from.size()) {
    pause();
    const auto next = from.subspan(values.size(), std::min(numbersOfPiece<T>, from.size() - values.size()));
    values.insert(values.end(), next.begin(), next.end());
  }
}

/// A copy, written in pieces.
template <class T, class Pause>
std::vector<std::remove_const_t<T>> copyInPieces(std::span<T> from, Pause&& pause) {
  std::vector<std::remove_const_t<T>> values;
  assignInPieces(values, from, pause);
  return values;
}

/// Writes a zero into each page of memory not written to before, and calls `pause` before each piece: where the rows of
/// a large matrix by columns are written first, the system would clear all of it at once.
template <class T, class Pause>
void touchInPieces(T* memory, std::size_t size, Pause&& pause) {
  constexpr std::size_t page = 4096 / sizeof(T), pages = 512;
  for (std::size_t k = 0; k < size; k += page) {
    if (k % (page * pages) == 0) pause();
    memory[k] = T();
  }
}

}  // namespace nonconvex
