// Settings and results are declared once: a struct's members give type and default, `fields()` beside them one sentence
// each, and for settings the bounds and when to change them. From that come parsing with validation, what JavaScript
// gets, the TypeScript types, the tables of the docs, and a test of every bound.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/error.hpp"
#include "core/field_tuple.hpp"

namespace nonconvex {

using namespace std::string_view_literals;

/// A real-valued setting that was not given: the solver chooses.
constexpr double solverChooses = std::numeric_limits<double>::quiet_NaN();

struct Bounds {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  bool openLower = false;
  bool openUpper = false;
  std::string_view defaultText = {};  ///< how the docs describe a `solverChooses` default

  bool contains(double value) const {
    return (openLower ? value > lower : value >= lower) && (openUpper ? value < upper : value <= upper);
  }
  /// Describes the bounds in messages: "an integer in [1, 9]"; `noun` is "number" or "integer".
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

/// The name of a value. An enumeration has a function beside it that lists its names in the order of its values:
/// `constexpr auto names(Order) { return std::array{"cyclic"sv, "shuffled"sv}; }`.
template <class E>
constexpr std::string_view nameOf(E value) {
  return names(value)[static_cast<std::size_t>(value)];
}

// Structs with fields inherit from each other and are therefore of no standard layout. All compilers that the package
// is built with know their offsets, since nothing in them is virtual.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

/// The place of a member in an object of the type T*, which has it itself or inherits it.
#define NONCONVEX_OFFSET(member) \
  []<class T>(const T*) constexpr->std::size_t { return __builtin_offsetof(T, member); }

/// A member of the settings.
template <class Struct, class T, class Offset>
struct Field {
  using Value = T;
  std::string_view name;
  T Struct::*member;
  Bounds bounds;
  std::string_view doc;
  std::string_view when;  ///< the circumstances to change it in
  Offset offset;
};

/// Says when to change a setting that only those meet who know the method.
constexpr std::string_view forExperts = "for experts";

/// `when` completes "Change it when ...", or is `forExperts`.
#define FIELD(member, bounds, doc, when) \
  ::nonconvex::Field { #member, &Self::member, bounds, doc, when, NONCONVEX_OFFSET(member) }

/// A column of the table that `verbose: true` prints of reports of progress.
struct Column {
  std::string_view title;  ///< empty: there is no such column
  int digits = 0;          ///< behind the point, of 1.25e-03; a name has room for 8 letters more
};

/// A member of what a solver gives back: of its solution, or of its reports of progress. Numbers, booleans,
/// enumerations, text, vectors, matrices, structs that have fields of their own, and vectors of such structs.
template <class Struct, class T, class Offset>
struct OutField {
  using Value = T;
  std::string_view name;
  T Struct::*member;
  std::string_view doc;
  Offset offset;
  bool optional = false;  ///< left out in JavaScript while it is not known
  Column column = {};
};

#define OUT(member, doc) \
  ::nonconvex::OutField { #member, &Self::member, doc, NONCONVEX_OFFSET(member) }
#define OUT_IF_KNOWN(member, doc) \
  ::nonconvex::OutField { #member, &Self::member, doc, NONCONVEX_OFFSET(member), true }
/// A number or a name of a report, if it is known, and a column of the table of reports.
#define OUT_COLUMN(member, title, digits, doc)                                                         \
  ::nonconvex::OutField {                                                                              \
#member, &Self::member, doc, NONCONVEX_OFFSET(member), true, ::nonconvex::Column { title, digits } \
  }

template <class T>
concept HasFields = requires {
  T::fields();
};

/// Returns true if a value is known: a number unless it is NaN, text unless it is empty, a struct if its own `known()`
/// says so, an optional if it has a value.
template <class T>
constexpr bool isKnown(const T& value) {
  if constexpr (std::is_convertible_v<T, double>) {
    const double number = value;
    return number == number;
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    return !std::string_view(value).empty();
  } else if constexpr (requires { value.known(); }) {
    return value.known();
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value();
  } else if constexpr (requires { *value, value != nullptr; }) {
    return value != nullptr;
  } else {
    return true;
  }
}

/// Calls f(field) for every field of a type that has them, in order.
template <HasFields T, class F>
void forEachField(F&& f) {
  T::fields().apply([&](const auto&... field) { (f(field), ...); });
}

/// The size of a struct that has just the members that its fields name: a member that `fields()` forgot changes it.
template <HasFields T>
constexpr std::size_t sizeFromFields() {
  std::size_t size = 0;
  std::size_t alignment = 1;
  const auto place = [&](std::size_t memberSize, std::size_t memberAlignment) {
    size = (size + memberAlignment - 1) / memberAlignment * memberAlignment + memberSize;
    alignment = memberAlignment > alignment ? memberAlignment : alignment;
  };
  T::fields().apply([&](const auto&... field) {
    (place(sizeof(typename std::remove_cvref_t<decltype(field)>::Value),
           alignof(typename std::remove_cvref_t<decltype(field)>::Value)),
     ...);
  });
  return (size + alignment - 1) / alignment * alignment;
}

/// Throws a RangeError that names the setting, its value and what was expected, unless it is within the bounds.
void checkBounds(std::string_view name, const Bounds& bounds, std::string_view noun, double value);

}  // namespace nonconvex
