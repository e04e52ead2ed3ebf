// Host data where the linear algebra computes.
#pragma once

#include <span>
#include <type_traits>
#include <utility>

#include "linalg/linalg.hpp"

namespace nonconvex {

/// A vector as a matrix of one column.
template <class T, class Space>
Mat<T, Space> asColumn(Vec<T, Space> v) {
  return {v.data, v.size, 1, v.size};
}
template <class T>
Mat<T> asColumn(std::span<T> v) {
  return asColumn(Vec<T>{v.data(), static_cast<int>(v.size())});
}

/// A copy of a host matrix on the device; on the CPU a view of it, which must stay.
template <LinAlg La, class T>
class DeviceCopy {
 public:
  using Space = typename La::Space;

  DeviceCopy(const La& la, const HostMatrix<T>& host) {
    if constexpr (std::is_same_v<Space, Host>) {
      view_ = host;
    } else {
      copy_ = la.template matrix<T>(host.rows(), host.cols(), Uninitialized{});
      la.upload(Mat<const T>(host), copy_.view());
      view_ = copy_;
    }
  }

  Mat<const T, Space> view() const { return view_; }
  operator Mat<const T, Space>() const { return view_; }

 private:
  struct Nothing {};
  std::conditional_t<std::is_same_v<Space, Host>, Nothing, typename La::template Matrix<T>> copy_;
  Mat<const T, Space> view_;
};

/// A matrix with its numbers in another type: converted by `fill`, or itself where the types are equal.
template <LinAlg La, class From, class To>
class Converted {
 public:
  using Space = typename La::Space;
  static constexpr bool same = std::is_same_v<From, To>;

  Converted() = default;
  Converted(const La& la, int rows, int cols) {
    if constexpr (!same) copy_ = la.template matrix<To>(rows, cols, Uninitialized{});
  }

  Mat<const To, Space> operator()(const La& la, Mat<const From, Space> from) const {
    if constexpr (same) {
      return from;
    } else {
      la.copy(from, copy_.view());
      return copy_.view();
    }
  }

 private:
  struct Nothing {};
  std::conditional_t<same, Nothing, typename La::template Matrix<To>> copy_;
};

}  // namespace nonconvex
