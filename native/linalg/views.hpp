// Views of vectors and matrices (column-major, as BLAS has them). The memory space is part of the type: a host view
// handed to a device operation does not compile.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "core/error.hpp"
#include "core/hostdevice.hpp"
#include "core/memory.hpp"

namespace nonconvex {

struct Host {};
/// Only operations of the device's backend, and functors that they run, may read or write such memory.
struct Device {};

template <class T, class Space = Host>
struct Vec {
  T* data = nullptr;
  int size = 0;

  NONCONVEX_HD T& operator[](int i) const { return data[i]; }
  T* begin() const { return data; }
  T* end() const { return data + size; }
  NONCONVEX_HD Vec part(int begin, int length) const { return {data + begin, length}; }
  operator Vec<const T, Space>() const requires(!std::is_const_v<T>) { return {data, size}; }
};

template <class T, class Space = Host>
struct Mat {
  T* data = nullptr;
  int rows = 0;
  int cols = 0;
  int stride = 0;  ///< distance from one column to the next

  NONCONVEX_HD T* column(int j) const { return data + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride); }
  NONCONVEX_HD T& operator()(int i, int j) const { return column(j)[i]; }
  NONCONVEX_HD Mat block(int i, int j, int m, int n) const { return {column(j) + i, m, n, stride}; }
  NONCONVEX_HD Mat columns(int j, int n) const { return block(0, j, rows, n); }
  operator Mat<const T, Space>() const requires(!std::is_const_v<T>) { return {data, rows, cols, stride}; }
};

/// Asks for memory that is not cleared, where it is written before it is read: pages never touched cost nothing.
struct Uninitialized {};

/// Owned host memory on a cache line, zero at first. Throws SolverError OUT_OF_MEMORY with the bytes asked for.
template <class T>
class HostBuffer {
 public:
  HostBuffer() = default;
  explicit HostBuffer(std::size_t size) : HostBuffer(size, true) {}
  HostBuffer(std::size_t size, Uninitialized) : HostBuffer(size, false) {}
  HostBuffer(HostBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  HostBuffer& operator=(HostBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~HostBuffer() { giveMemory(data_); }

  HostBuffer copy() const {
    HostBuffer made(size_, Uninitialized{});
    std::copy(begin(), end(), made.begin());
    return made;
  }

  T* data() const { return data_; }
  T* begin() const { return data_; }
  T* end() const { return data_ + size_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) const { return data_[i]; }

 private:
  static_assert(std::is_trivially_default_constructible_v<T> && std::is_trivially_destructible_v<T>);

  HostBuffer(std::size_t size, bool zeros) : size_(size) {
    if (size == 0) return;
    data_ = static_cast<T*>(takeMemory(size * sizeof(T), zeros));
    if (data_ == nullptr) {
      throw Error(ErrorKind::solver, "out of memory: " + show(size * sizeof(T)) + " bytes could not be allocated",
                  "OUT_OF_MEMORY");
    }
    wishLargePages(data_, size * sizeof(T));
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

/// An owned matrix in host memory.
template <class T>
class HostMatrix {
 public:
  HostMatrix() = default;
  HostMatrix(int rows, int cols)
      : buffer_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols)), rows_(rows), cols_(cols) {}
  HostMatrix(int rows, int cols, Uninitialized u)
      : buffer_(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), u), rows_(rows), cols_(cols) {}

  HostMatrix copy() const {
    HostMatrix made;
    made.buffer_ = buffer_.copy();
    made.rows_ = rows_;
    made.cols_ = cols_;
    return made;
  }

  Mat<T> view() const { return {buffer_.data(), rows_, cols_, rows_}; }
  operator Mat<T>() const { return view(); }
  operator Mat<const T>() const { return view(); }
  T* data() const { return buffer_.data(); }
  T* column(int j) const { return view().column(j); }
  T& operator()(int i, int j) const { return view()(i, j); }
  int rows() const { return rows_; }
  int cols() const { return cols_; }
  Mat<T> columns(int j, int n) const { return view().columns(j, n); }
  std::size_t size() const { return buffer_.size(); }
  Vec<T> flat() const { return {buffer_.data(), static_cast<int>(buffer_.size())}; }

 private:
  HostBuffer<T> buffer_;
  int rows_ = 0;
  int cols_ = 0;
};

}  // namespace nonconvex
