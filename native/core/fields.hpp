// Settings are declared once: a struct's members give type and default, `fields()` beside them bounds and one sentence.
// From that come parsing with validation, the TypeScript types, the option tables, and a test of every bound.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "core/error.hpp"

namespace nonconvex {

/// A real-valued setting that was not given: the solver chooses.
constexpr double solverChooses = std::numeric_limits<double>::quiet_NaN();

struct Bounds {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  bool openLower = false;
  bool openUpper = false;
  std::string_view defaultText = {};  ///< how the docs describe an `solverChooses` default

  bool contains(double value) const {
    return (openLower ? value > lower : value >= lower) && (openUpper ? value < upper : value <= upper);
  }
  /// For messages: "an integer in [1, 9]"; `noun` is "number" or "integer".
  std::string text(std::string_view noun = "number") const;
};

constexpr Bounds anyValue() { return {}; }
constexpr Bounds atLeast(double lower) { return {.lower = lower}; }
constexpr Bounds between(double lower, double upper) { return {.lower = lower, .upper = upper}; }
constexpr Bounds inside(double lower, double upper) {
  return {.lower = lower, .upper = upper, .openLower = true, .openUpper = true};
}
constexpr Bounds positive() { return {.lower = 0, .openLower = true, .openUpper = true}; }
constexpr Bounds positiveOr(std::string_view defaultText) {
  return {.lower = 0, .openLower = true, .openUpper = true, .defaultText = defaultText};
}

/// An enumeration among the settings lists its names, in the order of its values, by specialising this.
template <class E>
struct EnumNames;

template <class Struct, class T>
struct Field {
  using Value = T;
  std::string_view name;
  T Struct::*member;
  Bounds bounds;
  std::string_view doc;
};

#define FIELD(member, bounds, doc) \
  ::nonconvex::Field { #member, &Self::member, bounds, doc }

/// Calls f(field) for every field of a settings type, in order.
template <class Settings, class F>
void forEachField(F&& f) {
  std::apply([&](const auto&... field) { (f(field), ...); }, Settings::fields());
}

/// The size of a struct that has just the members that its fields name: a member that `fields()` forgot changes it.
template <class Settings>
constexpr std::size_t sizeFromFields() {
  std::size_t size = 0;
  std::size_t alignment = 1;
  const auto place = [&](std::size_t memberSize, std::size_t memberAlignment) {
    size = (size + memberAlignment - 1) / memberAlignment * memberAlignment + memberSize;
    alignment = memberAlignment > alignment ? memberAlignment : alignment;
  };
  std::apply(
      [&](const auto&... field) {
        (place(sizeof(typename std::remove_cvref_t<decltype(field)>::Value),
               alignof(typename std::remove_cvref_t<decltype(field)>::Value)),
         ...);
      },
      Settings::fields());
  return (size + alignment - 1) / alignment * alignment;
}

/// Checks one value against its field; throws a RangeError that names the setting, the value and what was expected.
template <class Struct, class T>
void checkBounds(const Field<Struct, T>& field, double value) {
  require(field.bounds.contains(value), field.name, value,
          "expected " + field.bounds.text(std::is_integral_v<T> ? "integer" : "number"));
}

}  // namespace nonconvex
