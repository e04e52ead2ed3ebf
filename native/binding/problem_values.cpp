#include "binding/problem_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <variant>

#include "core/error.hpp"

namespace nonconvex {
namespace {

struct MatrixSize {
  std::size_t rows, columns;
};

MatrixSize matrixSize(ValueKind kind, const void* value) {
  const auto of = [](int rows, int columns) {
    return MatrixSize{static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)};
  };
  if (kind == ValueKind::matrix)
    return of(valueAt<HostMatrix<double>>(value).rows(), valueAt<HostMatrix<double>>(value).cols());
  if (kind == ValueKind::matrixView) return of(valueAt<MatrixInput>(value).rows, valueAt<MatrixInput>(value).columns);
  return std::visit([&](const auto& matrix) { return of(matrix.rows, matrix.columns); }, valueAt<AnyMatrix>(value));
}

/// Bounds in words; an integer is finite in any case.
std::string textOf(const Bounds& bounds, bool integer) {
  if (!integer) return bounds.text("number");
  return Bounds{bounds.lower, bounds.upper, bounds.openLower && std::isfinite(bounds.lower)}.text("integer");
}

std::span<const double> numbersIn(const InRow& row, const void* value) {
  if (row.kind == ValueKind::numbersView) return valueAt<std::span<const double>>(value);
  return valueAt<std::vector<double>>(value);
}

std::span<const std::int32_t> integersIn(const InRow& row, const void* value) {
  if (row.kind == ValueKind::integersView) return valueAt<std::span<const std::int32_t>>(value);
  return valueAt<std::vector<std::int32_t>>(value);
}

void checkNumber(const InRow& row, const std::string& path, double number) {
  const Bounds& bounds = row.shape.bounds;
  const bool integer = row.kind != ValueKind::number;
  require(bounds.contains(number), path, number, "expected " + textOf(bounds, integer));
}

/// "40 numbers, one for each row of x".
std::string expectedLength(const Shape& shape, const Sizes& sizes, std::string_view noun) {
  const std::size_t times = shape.factor != nullptr ? sizes.of(shape.factor) : 1;
  const std::size_t more = static_cast<std::size_t>(shape.more);
  std::string text = show(sizes.of(shape.rows) * times + more) + " " + std::string(noun) + ", ";
  text += (times == 1 ? std::string("one") : show(times)) + " for each " + sizes.unitOf(shape.rows);
  if (more > 0) text += " and " + show(more) + " more";
  return text;
}

void checkLength(const InRow& row, const std::string& path, std::size_t length, Sizes& sizes, std::string_view noun) {
  const Shape& shape = row.shape;
  if (shape.rows == nullptr) return;
  const std::size_t more = static_cast<std::size_t>(shape.more);
  const std::size_t times = shape.factor != nullptr ? sizes.of(shape.factor) : 1;
  const bool whole = length >= more && (length - more) % times == 0;
  // Numbers that are a multiple of another size are columns of that length.
  const std::string unit = (times == 1 ? "number of " : "column of ") + path;
  if (whole && sizes.agrees(shape.rows, (length - more) / times, unit)) return;
  if (!sizes.has(shape.rows)) {
    throw Error(ErrorKind::range, path + ": expected a multiple of " + show(times) + " numbers, got " + show(length));
  }
  throw Error(ErrorKind::range, path + ": expected " + expectedLength(shape, sizes, noun) + ", got " + show(length));
}

void checkMatrix(const InRow& row, const std::string& path, MatrixSize size, Sizes& sizes) {
  const Shape& shape = row.shape;
  if (!shape.empty && (size.rows == 0 || size.columns == 0)) {
    throw Error(ErrorKind::range, path + ": expected at least one row and one column, got " + show(size.rows) + " x " +
                                      show(size.columns));
  }
  const auto check = [&](const char* name, std::size_t length, std::size_t more, const char* noun) {
    if (name == nullptr || (length >= more && sizes.agrees(name, length - more, std::string(noun) + " of " + path)))
      return;
    throw Error(ErrorKind::range, path + ": expected " + show(sizes.of(name) + more) + " " + noun + "s, one for each " +
                                      sizes.unitOf(name) + (more > 0 ? " and " + show(more) + " more" : "") + ", got " +
                                      show(length));
  };
  check(shape.rows, size.rows, 0, "row");
  check(shape.columns, size.columns, static_cast<std::size_t>(shape.more), "column");
}

/// The first place where something is wrong; throws there.
template <class Values, class Right, class Expected>
void requireEach(const std::string& path, const Values& values, Right&& right, Expected&& expected) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!right(values[k])) require(false, path + "[" + show(k) + "]", values[k], "expected " + expected(k));
  }
}

void checkNumbers(const InRow& row, const std::string& path, std::span<const double> numbers) {
  const Bounds& bounds = row.shape.bounds;
  requireEach(
      path, numbers, [&](double value) { return bounds.contains(value); },
      [&](std::size_t) { return bounds.text("number"); });
  if (!row.shape.descending) return;
  for (std::size_t k = 1; k < numbers.size(); ++k) {
    if (numbers[k] < numbers[k - 1]) continue;
    require(false, path + "[" + show(k) + "]", numbers[k],
            "expected less than the number before, " + show(numbers[k - 1]));
  }
}

void checkMatrixNumbers(const InRow& row, const std::string& path, const HostMatrix<double>& matrix) {
  for (int j = 0; j < matrix.cols(); ++j) {
    for (int i = 0; i < matrix.rows(); ++i) {
      if (row.shape.bounds.contains(matrix(i, j))) continue;
      require(false, path + "[" + show(i) + "][" + show(j) + "]", matrix(i, j),
              "expected " + row.shape.bounds.text("number"));
    }
  }
}

void checkIndices(const InRow& row, const std::string& path, std::span<const std::int32_t> indices,
                  const Sizes& sizes) {
  const Shape& shape = row.shape;
  const double below = shape.limit != nullptr ? static_cast<double>(sizes.of(shape.limit)) : 0;
  Bounds bounds = shape.bounds;
  if (shape.limit != nullptr) bounds.upper = shape.rising ? below : below - 1;
  requireEach(
      path, indices, [&](std::int32_t index) { return bounds.contains(index); },
      [&](std::size_t) { return textOf(bounds, true); });
  if (shape.once) {
    std::vector<std::int32_t> sorted(indices.begin(), indices.end());
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) {
      const auto place = std::find(std::find(indices.begin(), indices.end(), *twice) + 1, indices.end(), *twice);
      require(false, path + "[" + show(place - indices.begin()) + "]", *twice, "expected each index once");
    }
  }
  if (!shape.rising) return;
  const bool whole = indices.size() > 1 && indices.front() == 0 && indices.back() == static_cast<std::int32_t>(below);
  require(whole, path + ".length", indices.size(), "expected offsets from 0 to " + show(below));
  for (std::size_t k = 1; k < indices.size(); ++k) {
    if (indices[k] > indices[k - 1]) continue;
    require(false, path + "[" + show(k) + "]", indices[k],
            "expected more than the offset before, " + show(indices[k - 1]));
  }
}

/// Whether a member that may be missing is.
bool isMissing(const InRow& row, const void* value) {
  switch (row.kind) {
    case ValueKind::number:
      return std::isnan(valueAt<double>(value));
    case ValueKind::numbers:
    case ValueKind::numbersView:
      return numbersIn(row, value).empty();
    case ValueKind::integers:
    case ValueKind::integersView:
      return integersIn(row, value).empty();
    case ValueKind::matrix:
    case ValueKind::matrixView:
    case ValueKind::anyMatrix:
      return matrixSize(row.kind, value).columns == 0;
    default:
      return false;
  }
}

void checkRows(std::span<const InRow> table, const std::string& before, const void* problem, Sizes& sizes);

void checkRow(const InRow& row, const std::string& path, const void* value, Sizes& sizes) {
  if (row.optional && isMissing(row, value)) return;
  checkSizes(row, path, value, sizes);  // gives sizes their names
  switch (row.shape.kind) {
    case ShapeKind::vector:
      return checkNumbers(row, path, numbersIn(row, value));
    case ShapeKind::indices:
      return checkIndices(row, path, integersIn(row, value), sizes);
    case ShapeKind::matrix:
      if (row.kind == ValueKind::matrix) checkMatrixNumbers(row, path, valueAt<HostMatrix<double>>(value));
      return;
    case ShapeKind::members:
      return checkRows(row.members, path + ".", value, sizes);
    case ShapeKind::list: {
      const ListView list = row.list(value);
      for (std::size_t i = 0; i < list.count; ++i) {
        checkRows(row.members, path + "[" + show(i) + "].", list.first + i * row.size, sizes);
      }
      return;
    }
    default:
      return;
  }
}

void checkRows(std::span<const InRow> table, const std::string& before, const void* problem, Sizes& sizes) {
  for (const InRow& row : table) {
    const void* const member = static_cast<const std::byte*>(problem) + row.offset;
    const void* const value = row.content != nullptr ? row.content(member) : member;
    if (value != nullptr) checkRow(row, before + row.name, value, sizes);
  }
}

}  // namespace

const Sizes::Size& Sizes::find(const char* name) const {
  return *std::find_if(sizes_.begin(), sizes_.end(), [&](const Size& size) { return size.name == name; });
}
std::size_t Sizes::of(const char* name) const { return find(name).size; }
const Sizes::Unit& Sizes::unitOf(const char* name) const { return find(name).unit; }

bool Sizes::has(const char* name) const {
  return std::any_of(sizes_.begin(), sizes_.end(), [&](const Size& size) { return size.name == name; });
}

bool Sizes::agrees(const char* name, std::size_t size, Unit unit) {
  const auto known = std::find_if(sizes_.begin(), sizes_.end(), [&](const Size& each) { return each.name == name; });
  if (known != sizes_.end()) return known->size == size;
  sizes_.push_back({name, size, std::move(unit)});
  return true;
}

void checkSizes(const InRow& row, const std::string& path, const void* value, Sizes& sizes) {
  switch (row.shape.kind) {
    case ShapeKind::matrix:
      return checkMatrix(row, path, matrixSize(row.kind, value), sizes);
    case ShapeKind::vector:
      return checkLength(row, path, numbersIn(row, value).size(), sizes, "numbers");
    case ShapeKind::indices:
      return checkLength(row, path, integersIn(row, value).size(), sizes, "integers");
    case ShapeKind::number:
      checkNumber(row, path, numberAt(row.kind, value));
      if (row.shape.rows == nullptr) return;
      sizes.agrees(row.shape.rows, static_cast<std::size_t>(numberAt(row.kind, value)), "of " + path);
      return;
    default:
      return;
  }
}

void checkValues(std::span<const InRow> table, const void* problem) {
  Sizes sizes;
  checkRows(table, "", problem, sizes);
}

}  // namespace nonconvex
