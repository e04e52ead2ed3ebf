// Forms of a matrix that solves make and share, when they read one copy of it.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>

#include "data/columns.hpp"

namespace nonconvex {

/// The columns of a matrix, made by the first solve that asks for them and there as long as one has them: the folds of
/// a cross-validation have one set.
class SharedColumns {
 public:
  /// Columns of `input`, whose numbers are what this object belongs to. While a solve makes them others that ask make
  /// some of their own, and wait for nothing. Throws as the constructor of Columns.
  std::shared_ptr<const Columns> of(const MatrixInput& input, std::string_view name, const Cpu& la) const {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return std::make_shared<const Columns>(input, name, la);
    std::shared_ptr<const Columns> columns = columns_.lock();
    // Numbers may be read as a matrix of another shape.
    if (columns && columns->rows() == input.rows && columns->cols() == input.columns) return columns;
    columns = std::make_shared<const Columns>(input, name, la);
    columns_ = columns;
    return columns;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::weak_ptr<const Columns> columns_;
};

}  // namespace nonconvex
