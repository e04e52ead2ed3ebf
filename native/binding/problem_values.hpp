// Checks of what a problem has, by its table.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binding/tables.hpp"

namespace nonconvex {

/// The sizes of a problem by name, each from the first member that has it.
class Sizes {
 public:
  /// What each entry of a size stands for: "row of x".
  using Unit = std::string;

  /// Whether the size is as it was, or is known from now on.
  bool agrees(const char* name, std::size_t size, Unit unit);
  bool has(const char* name) const;
  std::size_t of(const char* name) const;
  const Unit& unitOf(const char* name) const;

 private:
  struct Size {
    std::string_view name;
    std::size_t size;
    Unit unit;
  };
  const Size& find(const char* name) const;
  std::vector<Size> sizes_;
};

/// Checks a number against its bounds, and compares the sizes of anything else with those of the members before it.
/// Throws a RangeError that names the member, by its path, its number or size and what was expected.
void checkSizes(const InRow& row, const std::string& path, const void* value, Sizes& sizes);

/// Checks the numbers in a problem whose sizes are right: finite, within their bounds, indices below theirs. Matrices
/// that are views are left to solvers, which read all of their entries anyway.
void checkValues(std::span<const InRow> table, const void* problem);

}  // namespace nonconvex
