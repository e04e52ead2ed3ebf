// Problems are declared once, as settings and results are: the members of a struct give types and defaults, `fields()`
// beside them a shape and one sentence each. From that come the reader with its checks, the TypeScript type of what the
// addon takes, the tables of the docs, and a test of each check.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/fields.hpp"

namespace nonconvex {

enum class ShapeKind : std::uint8_t { matrix, vector, indices, number, flag, choice, members, list };

/// The shape of a member of a problem: sizes by name, and what is expected of its numbers. The first member that has a
/// size gives it, all others are compared with that.
struct Shape {
  ShapeKind kind;
  const char* rows = nullptr;  ///< the size that a matrix has as rows, a vector as length, a count as value; null: any
  const char* columns = nullptr;  ///< columns of a matrix; null: any
  const char* factor = nullptr;   ///< a size that a length is multiplied by
  int more = 0;                   ///< entries beside those of `rows`, or columns beside `columns`
  const char* limit = nullptr;    ///< a size that indices are smaller than
  bool once = false;              ///< indices of which none comes twice
  bool rising = false;            ///< offsets from 0 to the size `limit`, each larger than the one before
  bool descending = false;        ///< numbers, each smaller than the one before
  bool empty = false;             ///< a matrix may have no rows or no columns
  bool doubles = false;           ///< a matrix has numbers of 64 bits
  Bounds bounds = {.openLower = true, .openUpper = true};  // finite

  constexpr Shape within(Bounds of) const {
    return changed([&](Shape& shape) { shape.bounds = of; });
  }
  constexpr Shape atLeast(double lower) const { return within({.lower = lower, .openUpper = true}); }
  constexpr Shape positive() const { return within({.lower = 0, .openLower = true, .openUpper = true}); }
  /// Numbers that may be infinite.
  constexpr Shape orInfinite() const { return within({.lower = bounds.lower}); }
  constexpr Shape plus(int entries) const {
    return changed([&](Shape& shape) { shape.more = entries; });
  }
  constexpr Shape times(const char* size) const {
    return changed([&](Shape& shape) { shape.factor = size; });
  }
  constexpr Shape below(const char* size) const {
    return changed([&](Shape& shape) { shape.limit = size; });
  }
  constexpr Shape distinct() const {
    return changed([&](Shape& shape) { shape.once = true; });
  }
  constexpr Shape falling() const {
    return changed([&](Shape& shape) { shape.descending = true; });
  }
  constexpr Shape orEmpty() const {
    return changed([&](Shape& shape) { shape.empty = true; });
  }
  constexpr Shape inDoubles() const {
    return changed([&](Shape& shape) { shape.doubles = true; });
  }

 private:
  template <class Change>
  constexpr Shape changed(Change&& change) const {
    Shape shape = *this;
    change(shape);
    return shape;
  }
};

/// A matrix of at least one row and one column.
constexpr Shape matrix(const char* rows = nullptr, const char* columns = nullptr) {
  return {.kind = ShapeKind::matrix, .rows = rows, .columns = columns};
}
/// Finite numbers.
constexpr Shape vector(const char* length = nullptr) { return {.kind = ShapeKind::vector, .rows = length}; }
/// Integers from 0.
constexpr Shape indices(const char* length = nullptr) {
  return {.kind = ShapeKind::indices, .rows = length, .bounds = {.lower = 0}};
}
/// Offsets at which the parts of a size begin, and the end of the last one.
constexpr Shape offsets(const char* of) {
  return {.kind = ShapeKind::indices, .limit = of, .rising = true, .bounds = {.lower = 0}};
}
/// A finite number, or an integer where the member is one.
constexpr Shape number() { return {.kind = ShapeKind::number}; }
/// A positive integer that is a size.
constexpr Shape count(const char* size) {
  return {.kind = ShapeKind::number, .rows = size, .bounds = {.lower = 1, .openUpper = true}};
}
constexpr Shape flag() { return {.kind = ShapeKind::flag}; }
constexpr Shape choice() { return {.kind = ShapeKind::choice}; }
/// An object whose members its struct declares, or a list of such.
constexpr Shape members() { return {.kind = ShapeKind::members}; }
constexpr Shape list() { return {.kind = ShapeKind::list}; }

/// A member of a problem.
template <class Struct, class T, class Offset>
struct InField {
  using Value = T;
  std::string_view name;
  T Struct::*member;
  Shape shape;
  std::string_view doc;
  Offset offset;
  bool optional = false;
};

#define IN(member, shape, doc) \
  ::nonconvex::InField { #member, &Self::member, shape, doc, NONCONVEX_OFFSET(member) }
/// A member that keeps its default where JavaScript has none.
#define IN_OPTIONAL(member, shape, doc) \
  ::nonconvex::InField { #member, &Self::member, shape, doc, NONCONVEX_OFFSET(member), true }

}  // namespace nonconvex
