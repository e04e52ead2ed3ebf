// Four neighbours of a column at once: on a device, one access of 16 bytes for floats and two for doubles.
//
// A functor on entries of T runs on packs of T where it is plain arithmetic and column by column: it says so by a
// member
//   auto packs() const { return inPacks<Name<Pack<T>, Space>>(its members...); }
#pragma once

#include <cstdint>
#include <optional>

#include "core/hostdevice.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

constexpr int packSize = 4;  // numbers that a thread of a device reads at once, 16 bytes of floats

template <class T>
struct alignas(16) Pack {
  T entry[packSize];

  Pack() = default;
  /// One number everywhere.
  NONCONVEX_HD Pack(T value) : entry{value, value, value, value} {}
  template <class U>
  NONCONVEX_HD explicit Pack(Pack<U> other) {
    for (int k = 0; k < packSize; ++k) entry[k] = static_cast<T>(other.entry[k]);
  }

  NONCONVEX_HD friend Pack operator+(Pack x, Pack y) {
    for (int k = 0; k < packSize; ++k) x.entry[k] += y.entry[k];
    return x;
  }
  NONCONVEX_HD friend Pack operator-(Pack x, Pack y) {
    for (int k = 0; k < packSize; ++k) x.entry[k] -= y.entry[k];
    return x;
  }
  NONCONVEX_HD friend Pack operator*(Pack x, Pack y) {
    for (int k = 0; k < packSize; ++k) x.entry[k] *= y.entry[k];
    return x;
  }
  NONCONVEX_HD friend Pack operator-(Pack x) {
    for (T& entry : x.entry) entry = -entry;
    return x;
  }
  NONCONVEX_HD Pack& operator+=(Pack y) { return *this = *this + y; }
  NONCONVEX_HD Pack& operator*=(Pack y) { return *this = *this * y; }
};

/// value, where the mask is not 0; else 0
template <class M, class T>
NONCONVEX_HD T masked(M mask, T value) {
  return mask != 0 ? value : T(0);
}
template <class M, class T>
NONCONVEX_HD Pack<T> masked(Pack<M> mask, Pack<T> value) {
  for (int k = 0; k < packSize; ++k) value.entry[k] = masked(mask.entry[k], value.entry[k]);
  return value;
}

/// max(0, x)
template <class T>
NONCONVEX_HD T positivePart(T x) {
  return x > 0 ? x : T(0);
}
template <class T>
NONCONVEX_HD Pack<T> positivePart(Pack<T> x) {
  for (T& entry : x.entry) entry = positivePart(entry);
  return x;
}

/// min(0, x)
template <class T>
NONCONVEX_HD T negativePart(T x) {
  return x < 0 ? x : T(0);
}
template <class T>
NONCONVEX_HD Pack<T> negativePart(Pack<T> x) {
  for (T& entry : x.entry) entry = negativePart(entry);
  return x;
}

template <class T>
struct PackedType {
  using Type = Pack<T>;
};
template <class T>
struct PackedType<const T> {
  using Type = const Pack<T>;
};

/// Returns true if all columns begin with a whole pack: on a boundary of 16 bytes.
template <class T, class Space>
bool liesInPacks(Mat<T, Space> a) {
  return reinterpret_cast<std::uintptr_t>(a.data) % 16 == 0 && (a.cols <= 1 || a.stride % packSize == 0);
}
template <class T, class Space>
Mat<typename PackedType<T>::Type, Space> asPacks(Mat<T, Space> a) {
  using Packed = typename PackedType<T>::Type;
  return {reinterpret_cast<Packed*>(a.data), a.rows / packSize, a.cols, a.stride / packSize};
}

/// Arguments that are not matrices stay as they are.
template <class T>
bool liesInPacks(const T&) {
  return true;
}
template <class T>
const T& asPacks(const T& value) {
  return value;
}

/// The functor with these members, its matrices in packs; nothing where they do not lie in packs.
template <class Packed, class... Members>
std::optional<Packed> inPacks(const Members&... members) {
  if (!(liesInPacks(members) && ...)) return {};
  return Packed{asPacks(members)...};
}

}  // namespace nonconvex
