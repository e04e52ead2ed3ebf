// Lists of types, and the one switch over them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "core/hostdevice.hpp"

namespace nonconvex {

template <class... T>
struct TypeList {
  static constexpr int size = sizeof...(T);
};

/// Calls f.operator()<T>() for the type T at `index`, the last one if there are fewer; on the host or on a device.
template <class First, class... Rest, class F>
NONCONVEX_HD __attribute__((always_inline)) inline decltype(auto) visit(TypeList<First, Rest...>, int index, F&& f) {
  if constexpr (sizeof...(Rest) > 0) {
    if (index > 0) return visit(TypeList<Rest...>{}, index - 1, f);
  }
  return f.template operator()<First>();
}

/// The names of the types, T::name.
template <class... T>
constexpr std::array<std::string_view, sizeof...(T)> namesOf(TypeList<T...>) {
  return {T::name...};
}

/// The names of one list and then those of another.
template <std::size_t M, std::size_t N>
constexpr std::array<std::string_view, M + N> joined(const std::array<std::string_view, M>& first,
                                                     const std::array<std::string_view, N>& second) {
  std::array<std::string_view, M + N> all{};
  for (std::size_t k = 0; k < M + N; ++k) all[k] = k < M ? first[k] : second[k - M];
  return all;
}

/// Calls f.operator()<T>() for each type T in turn.
template <class... T, class F>
void forEachType(TypeList<T...>, F&& f) {
  (f.template operator()<T>(), ...);
}

}  // namespace nonconvex
